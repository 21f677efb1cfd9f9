import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StorePosition, StoreUnavailableError, type SubscriptionEvent } from 'logpose';
import { type FollowFrom, StoreFollower } from './store-follower.ts';

type Event = SubscriptionEvent<string, number>;

test('goes on behind the last position on another instance', async () => {
  const kit = follow([[snapshot(1, ['a', 1]), change(2, 'a', 2)], [change(3, 'b', 5)]]);
  await kit.told(3);
  assert.deepEqual(kit.changes, ['a=1', 'a=2', 'b=5']);
  assert.deepEqual(kit.begun, [undefined, at(2)]);
  await kit.follower.close();
});

test('a second snapshot replaces everything: rows that are gone go', async () => {
  const kit = follow([[snapshot(1, ['a', 1], ['b', 2])], [snapshot(9, ['b', 3])]]);
  await kit.told(4);
  assert.deepEqual(kit.changes, ['a=1', 'b=2', 'a=undefined', 'b=3']);
  assert.deepEqual([...kit.rows], [['b', 3]]);
  await kit.follower.close();
});

test('rows stay while no instance lives, and closing does not wait for one', async () => {
  const kit = follow([[snapshot(1, ['a', 1])]]);
  await kit.follower.ready;
  await kit.follower.close();
  assert.deepEqual([...kit.rows], [['a', 1]]);
  assert.ok(kit.follower.isReady);
});

test('is not ready before the first snapshot', async () => {
  const kit = follow([]);
  assert.equal(kit.follower.isReady, false);
  assert.deepEqual(kit.follower.progress, { passed: 0, total: 1 });
  await kit.follower.close();
});

/** Each instance tells what it has and then is no more; behind the last there is none. */
function follow(instances: readonly (readonly Event[])[]) {
  const rows = new Map<string, number>();
  const changes: string[] = [];
  const begun: (StorePosition | undefined)[] = [];
  const left = [...instances];
  const waiting = new Map<number, () => void>();
  async function* subscribe({ from }: FollowFrom): AsyncGenerator<Event> {
    const events = left.shift();
    if (events !== undefined) {
      begun.push(from);
      yield* events;
    }
    throw new StoreUnavailableError('rows', 'unavailable', { why: 'it was abandoned' });
  }
  const onChange = (key: string): void => {
    changes.push(`${key}=${rows.get(key)}`);
    waiting.get(changes.length)?.();
  };
  const follower = new StoreFollower({ subscribe, rows, onChange, onError: assert.ifError });
  const told = (count: number) => new Promise<void>((resolve) => waiting.set(count, resolve));
  return { follower, rows, changes, begun, told };
}

function at(offset: number): StorePosition {
  return [{ topic: 'changelog', partition: 0, offset }];
}

function snapshot(offset: number, ...rows: readonly (readonly [string, number])[]): Event {
  const stored = rows.map(([key, value]) => [key, { value, timestamp: 0 }] as const);
  return { kind: 'snapshot', rows: stored, position: at(offset) };
}

function change(offset: number, key: string, value: number): Event {
  return { kind: 'change', key, value, timestamp: 0, position: at(offset) };
}
