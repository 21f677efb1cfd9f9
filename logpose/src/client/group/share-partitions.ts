import { must } from '../../base/assert.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';

/** A member that partitions are shared out to. */
export interface Sharer {
  readonly memberId: string;
  /** What it reads: topics, and how many partitions they have. */
  readonly topics: ReadonlyMap<string, number>;
  /** What it has and has not given up. */
  readonly owned: readonly TopicPartition[];
}

/**
 * Shares out partitions so that no single move would level the members more, and with as few moves
 * as that takes.
 *
 * A partition that is to move is nobody's at first: its owner is not given it any more, and the
 * next owner not before the former one has given it up and joined again (KIP-429).
 */
export function sharePartitions(
  sharers: readonly Sharer[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const members = sharers.map((sharer) => ({ sharer, share: new Map<string, TopicPartition>() }));
  const owners = keepOwned(members);
  for (const [key, partition] of partitionsOf(sharers)) {
    if (!owners.has(key)) fewest(members, partition).share.set(key, partition);
  }
  while (moveOne(members, owners)) {}
  return new Map(
    members.map((member) => {
      const isFree = (key: string): boolean => (owners.get(key) ?? member) === member;
      const given = [...member.share].filter(([key]) => isFree(key)).map(([, each]) => each);
      return [member.sharer.memberId, given];
    }),
  );
}

interface Member {
  readonly sharer: Sharer;
  readonly share: Map<string, TopicPartition>;
}

/** Everyone begins with what it has; of two that claim a partition, the first. */
function keepOwned(members: readonly Member[]): ReadonlyMap<string, Member> {
  const owners = new Map<string, Member>();
  for (const member of members) {
    for (const partition of member.sharer.owned) {
      const key = partitionKey(partition.topic, partition.partition);
      if (owners.has(key) || !mayHave(member, partition)) continue;
      owners.set(key, member);
      member.share.set(key, partition);
    }
  }
  return owners;
}

/** All there is to read, by topic and partition. */
function partitionsOf(sharers: readonly Sharer[]): ReadonlyMap<string, TopicPartition> {
  const counts = new Map(sharers.flatMap(({ topics }) => [...topics]).sort());
  const partitions = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
  return new Map(partitions.map((each) => [partitionKey(each.topic, each.partition), each]));
}

function fewest(members: readonly Member[], partition: TopicPartition): Member {
  const readers = members.filter((member) => mayHave(member, partition));
  const least = Math.min(...readers.map(({ share }) => share.size));
  return must(
    readers.find(({ share }) => share.size === least),
    'what is shared out has a reader',
  );
}

/** Moves a partition from one who has more to one who has fewer; false: none would level them. */
function moveOne(members: readonly Member[], owners: ReadonlyMap<string, Member>): boolean {
  const rising = members.toSorted((one, other) => one.share.size - other.share.size);
  for (const from of rising.toReversed()) {
    for (const to of rising) {
      if (from.share.size - to.share.size < 2) break;
      const key = movable(from, to, owners);
      if (key === undefined) continue;
      to.share.set(key, must(from.share.get(key), 'who gives a partition away has it'));
      from.share.delete(key);
      return true;
    }
  }
  return false;
}

/** Rather one that nobody has yet. */
function movable(
  from: Member,
  to: Member,
  owners: ReadonlyMap<string, Member>,
): string | undefined {
  const keys = [...from.share].filter(([, each]) => mayHave(to, each)).map(([key]) => key);
  return keys.find((key) => owners.get(key) !== from) ?? keys.at(-1);
}

function mayHave({ sharer }: Member, { topic, partition }: TopicPartition): boolean {
  return partition < (sharer.topics.get(topic) ?? 0);
}
