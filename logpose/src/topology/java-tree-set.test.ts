import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { JavaTreeSet } from './java-tree-set.ts';

suite('a Java tree set', () => {
  test('is sorted and has each member once while the order stays', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (members) => {
        const set = new JavaTreeSet<number>((left, right) => left - right);
        for (const member of members) set.add(member);
        assert.deepEqual(
          [...set],
          [...new Set(members)].sort((left, right) => left - right),
        );
      }),
    );
  });

  test('does not move members whose order changes later', () => {
    const set = new JavaTreeSet<{ rank: number }>((left, right) => left.rank - right.rank);
    const first = { rank: 1 };
    set.add(first);
    set.add({ rank: 2 });
    first.rank = 3;
    assert.deepEqual(
      [...set].map(({ rank }) => rank),
      [3, 2],
    );
  });
});
