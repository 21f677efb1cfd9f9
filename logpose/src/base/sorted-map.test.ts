import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedMap } from './sorted-map.ts';

const key = fc.integer({ min: 0, max: 400 }).map((number) => number.toString(7));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ set: key, value: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ delete: key }) },
  { weight: 1, arbitrary: fc.record({ scan: fc.boolean(), from: key, to: key }) },
);
const whole = { from: undefined, to: undefined, reverse: false };

test('a sorted map holds what a plain map holds, and its scans see it as it was', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), (steps) => {
      const sorted = new SortedMap<number>();
      const plain = new Map<string, number>();
      const scans: { found: Iterable<[string, number]>; expected: [string, number][] }[] = [];

      for (const now of steps) {
        if ('set' in now) {
          sorted.set(now.set, now.value);
          plain.set(now.set, now.value);
        } else if ('delete' in now) {
          sorted.delete(now.delete);
          plain.delete(now.delete);
        } else {
          const { scan: reverse, from, to } = now;
          const expected = entries(plain).filter(([at]) => at >= from && at < to);
          if (reverse) expected.reverse();
          scans.push({ found: sorted.scan({ from, to, reverse }), expected });
        }
      }

      for (const { found, expected } of scans) assert.deepEqual([...found], expected);
      assert.deepEqual([...sorted.scan(whole)], entries(plain));
      assert.equal(sorted.size, plain.size);
      for (const [at, value] of plain) assert.equal(sorted.get(at), value);
    }),
    { numRuns: 60 },
  );
});

test('a sorted map of entries is one to which they were added, and goes on like it', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 400, size: 'max' }),
      fc.array(key),
      (keys, more) => {
        const plain = new Map(keys.map((at, value) => [at, value]));
        const sorted = SortedMap.of(plain);
        assert.equal(sorted.size, plain.size);
        assert.deepEqual([...sorted.scan(whole)], entries(plain));

        for (const at of more) {
          if (plain.has(at)) sorted.delete(at);
          else sorted.set(at, -1);
          if (!plain.delete(at)) plain.set(at, -1);
        }

        assert.deepEqual([...sorted.scan(whole)], entries(plain));
      },
    ),
  );
});

test('a sorted map that is emptied from the front stays in order', () => {
  const map = new SortedMap<number>();
  const keys = Array.from({ length: 20_000 }, (_, at) => String(at).padStart(6, '0'));
  keys.forEach((at, value) => {
    map.set(at, value);
  });
  for (const at of keys.slice(0, 19_000)) map.delete(at);

  assert.equal(map.size, 1000);
  assert.deepEqual(
    [...map.scan(whole)].map(([at]) => at),
    keys.slice(19_000),
  );
});

test('a scan without an end takes everything on that side', () => {
  const map = new SortedMap<number>();
  ['a', 'b', 'c'].forEach((at, value) => {
    map.set(at, value);
  });
  const keysOf = (span: Parameters<typeof map.scan>[0]) => [...map.scan(span)].map(([at]) => at);

  assert.deepEqual(keysOf({ from: 'b', to: undefined, reverse: false }), ['b', 'c']);
  assert.deepEqual(keysOf({ from: undefined, to: 'b', reverse: false }), ['a']);
  assert.deepEqual(keysOf({ from: 'b', to: undefined, reverse: true }), ['c', 'b']);
  assert.deepEqual(keysOf({ from: undefined, to: 'c', reverse: true }), ['b', 'a']);
  assert.deepEqual(keysOf({ from: 'c', to: 'a', reverse: false }), []);
  for (const at of ['a', 'b', 'c']) map.delete(at);
  assert.deepEqual(keysOf(whole), []);
});

function entries(map: ReadonlyMap<string, number>): [string, number][] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1));
}
