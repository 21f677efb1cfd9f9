import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { ChangeBuffer } from './change-buffer.ts';
import type { RowChange } from './row-change.ts';

test('changes come out in the order they came', () => {
  const buffer = new ChangeBuffer(3);

  pushAll(buffer, change('sun', 0), change('moon', 1), change('sun', 2));

  assert.deepEqual(takeAll(buffer), ['sun@0', 'moon@1', 'sun@2']);
});

test('a full buffer skips an older change of the same key', () => {
  const buffer = new ChangeBuffer(2);
  pushAll(buffer, change('sun', 0), change('moon', 1));

  assert.equal(buffer.push(change('sun', 2)), true);

  assert.equal(buffer.size, 2);
  assert.deepEqual(takeAll(buffer), ['moon@1', 'sun@2']);
});

test('a full buffer takes no change of another key', () => {
  const buffer = new ChangeBuffer(2);
  pushAll(buffer, change('sun', 0), change('moon', 1));

  assert.equal(buffer.push(change('sea', 2)), false);

  assert.deepEqual(takeAll(buffer), ['sun@0', 'moon@1']);
});

test('what was taken is let go of, also where the reader never catches up', async () => {
  const buffer = new ChangeBuffer(4);
  const taken: WeakRef<RowChange>[] = [];
  buffer.push(change('sun', 0));

  for (let offset = 1; offset <= 100; offset++) {
    buffer.push(change('sun', offset));
    const first = buffer.take();
    if (first !== undefined) taken.push(new WeakRef(first));
  }

  // What a weak reference was made of lives until the turn ends.
  await setImmediate();
  collectGarbage();
  const held = taken.filter((each) => each.deref() !== undefined);
  assert.ok(held.length <= 8, `${held.length} are held`);
});

test('whatever comes and goes: no more than fits, in order, the last change of a key stays', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') },
    { weight: 1, arbitrary: fc.constant('take' as const) },
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.integer({ min: 1, max: 5 }),
      (steps, max) => {
        const buffer = new ChangeBuffer(max);
        const lastPushed = new Map<string, number>();
        const lastTaken = new Map<string, number>();
        let offset = 0;
        let latest = -1;
        const take = () => {
          const taken = buffer.take();
          if (taken === undefined) return false;
          assert.ok(taken.offset > latest, 'in order');
          latest = taken.offset;
          lastTaken.set(taken.order, taken.offset);
          return true;
        };
        for (const each of steps) {
          if (each === 'take') take();
          else if (buffer.push(change(each, offset))) lastPushed.set(each, offset++);
          assert.ok(buffer.size <= max);
        }
        while (take());
        assert.deepEqual(lastTaken, new Map([...lastTaken, ...lastPushed]));
      },
    ),
  );
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

function change(order: string, offset: number): RowChange {
  return { partition: 0, offset, order, value: undefined, timestamp: 0 };
}

function pushAll(buffer: ChangeBuffer, ...changes: readonly RowChange[]): void {
  for (const each of changes) assert.equal(buffer.push(each), true);
}

function takeAll(buffer: ChangeBuffer): string[] {
  const taken: string[] = [];
  for (let each = buffer.take(); each !== undefined; each = buffer.take()) {
    taken.push(`${each.order}@${each.offset}`);
  }
  return taken;
}
