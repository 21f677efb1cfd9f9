import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import { type Sharer, sharePartitions } from './share-partitions.ts';

suite('partitions that are shared out', () => {
  test('go to the members evenly, in the order of both', () => {
    const shares = sharePartitions([reader('a', 3), reader('b', 3)]);

    assert.deepEqual(texts(shares), { a: ['t-0', 't-2'], b: ['t-1'] });
  });

  test('stay where they are when somebody comes, but for what makes it even', () => {
    const shares = sharePartitions([reader('a', 4, [0, 1, 2, 3]), reader('b', 4)]);

    assert.deepEqual(texts(shares), { a: ['t-0', 't-1'], b: [] });
  });

  test('go to their next owner when the former one has given them up', () => {
    const shares = sharePartitions([reader('a', 4, [0, 1]), reader('b', 4)]);

    assert.deepEqual(texts(shares), { a: ['t-0', 't-1'], b: ['t-2', 't-3'] });
  });

  test('are never two members’, whoever claims them', () => {
    const shares = sharePartitions([reader('a', 2, [0, 1]), reader('b', 2, [0, 1])]);

    assert.deepEqual(texts(shares), { a: ['t-0'], b: [] });
  });

  test('go to members that read their topic', () => {
    const both = {
      memberId: 'a',
      topics: new Map([
        ['t', 2],
        ['u', 1],
      ]),
      owned: [],
    };
    const one = { memberId: 'b', topics: new Map([['u', 1]]), owned: [] };

    assert.deepEqual(texts(sharePartitions([both, one])), { a: ['t-0', 't-1'], b: ['u-0'] });
  });

  test('are each at most one member’s, who reads it, and nobody’s only while they move', () => {
    fc.assert(
      fc.property(group, (sharers) => {
        const shares = sharePartitions(sharers);
        const given = [...shares].flatMap(([, share]) => share.map(keyOf));
        const owned = new Set(sharers.flatMap((sharer) => sharer.owned.map(keyOf)));

        assert.equal(new Set(given).size, given.length);
        for (const { memberId, topics } of sharers) {
          for (const { topic, partition } of shares.get(memberId) ?? []) {
            assert.ok(partition < (topics.get(topic) ?? 0));
          }
        }
        for (const key of allKeys(sharers)) assert.ok(given.includes(key) || owned.has(key));
      }),
    );
  });

  test('are never given to one while they are another’s', () => {
    fc.assert(
      fc.property(group, (sharers) => {
        const shares = sharePartitions(sharers);
        for (const { memberId, owned } of sharers) {
          for (const [other, share] of shares) {
            if (other === memberId) continue;
            const keys = share.map(keyOf);
            assert.ok(!owned.some((each) => keys.includes(keyOf(each))));
          }
        }
      }),
    );
  });

  test('are level and all there when everybody has joined again, and then stay', () => {
    fc.assert(
      fc.property(group, (sharers) => {
        // Twice is enough where all read the same.
        const settled = again(again(again(again(sharers))));

        const shares = sharePartitions(settled);
        const given = [...shares].flatMap(([, share]) => share.map(keyOf));
        assert.deepEqual(given.toSorted(), [...allKeys(sharers)].toSorted());
        for (const from of settled) for (const to of settled) assert.ok(isLevel(shares, from, to));
        for (const { memberId, owned } of settled) {
          const share = shares.get(memberId) ?? [];
          assert.deepEqual(share.map(keyOf).toSorted(), owned.map(keyOf).toSorted());
        }
      }),
    );
  });

  test('move no more than they must when all read the same', () => {
    fc.assert(
      fc.property(equalReaders, (sharers) => {
        const shares = sharePartitions(sharers);
        const kept = sharers.map(({ memberId, owned }) => {
          const keys = new Set((shares.get(memberId) ?? []).map(keyOf));
          return owned.filter((each) => keys.has(keyOf(each))).length;
        });
        const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
        assert.equal(sum(kept), sum(mostKept(sharers)));
      }),
    );
  });
});

/** What members say of themselves once they have given up what is another's, and taken theirs. */
function again(sharers: readonly Sharer[]): readonly Sharer[] {
  const shares = sharePartitions(sharers);
  return sharers.map((sharer) => ({ ...sharer, owned: shares.get(sharer.memberId) ?? [] }));
}

/** How much each could keep: its even share, and of what is left over one for those with most. */
function mostKept(sharers: readonly Sharer[]): readonly number[] {
  const total = allKeys(sharers).size;
  const even = Math.floor(total / sharers.length);
  const counts = sharers.map(({ owned }) => owned.length).toSorted((a, b) => b - a);
  return counts.map((count, index) =>
    Math.min(count, index < total % sharers.length ? even + 1 : even),
  );
}

/** Whether no partition could go from one to the other and make them more equal. */
function isLevel(
  shares: ReadonlyMap<string, readonly TopicPartition[]>,
  from: Sharer,
  to: Sharer,
): boolean {
  const give = shares.get(from.memberId) ?? [];
  const take = shares.get(to.memberId) ?? [];
  const canMove = give.some(({ topic, partition }) => partition < (to.topics.get(topic) ?? 0));
  return !canMove || give.length - take.length < 2;
}

const topicCounts: Readonly<Record<string, number>> = { t: 5, u: 3, v: 1 };

/** Members that read some of the topics; each partition is one's who reads it, or nobody's. */
const group = fc
  .array(fc.subarray(Object.keys(topicCounts)), { minLength: 1, maxLength: 6 })
  .chain((subscriptions) => owned(subscriptions));

const equalReaders = fc
  .integer({ min: 1, max: 6 })
  .chain((count) => owned(Array(count).fill(Object.keys(topicCounts))));

function owned(subscriptions: readonly (readonly string[])[]): fc.Arbitrary<readonly Sharer[]> {
  const counts = (topics: readonly string[]): ReadonlyMap<string, number> =>
    new Map(topics.map((topic) => [topic, topicCounts[topic] ?? 0]));
  const none = subscriptions.map((topics, index) => ({
    memberId: `member-${index}`,
    topics: counts(topics),
    owned: [],
  }));
  const keys = Object.entries(topicCounts).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
  return fc
    .array(fc.integer({ min: -1, max: subscriptions.length - 1 }), {
      minLength: keys.length,
      maxLength: keys.length,
    })
    .map((owners) =>
      none.map((sharer, index) => ({
        ...sharer,
        owned: keys.filter(({ topic }, at) => owners[at] === index && sharer.topics.has(topic)),
      })),
    );
}

function allKeys(sharers: readonly Sharer[]): ReadonlySet<string> {
  return new Set(
    sharers.flatMap(({ topics }) =>
      [...topics].flatMap(([topic, count]) =>
        Array.from({ length: count }, (_, partition) => partitionKey(topic, partition)),
      ),
    ),
  );
}

function reader(memberId: string, partitions: number, own: readonly number[] = []): Sharer {
  const owned = own.map((partition) => ({ topic: 't', partition }));
  return { memberId, topics: new Map([['t', partitions]]), owned };
}

function texts(shares: ReadonlyMap<string, readonly TopicPartition[]>) {
  return Object.fromEntries([...shares].map(([id, share]) => [id, share.map(keyOf)]));
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
