import type { TopicPartition } from '../../record/topic-partition.ts';

/** What the members of a group of consumers speak: below, and nothing else. */
export const protocol = 'logpose-consumers-1';

/*
 * subscription := line ("\n" line)*      one for each topic that is read
 * line         := topic " " partitions " " owned
 * share        := topic " " owned ("\n" topic " " owned)*, or nothing
 * owned        := partition ("," partition)*, or nothing
 *
 * UTF-8; partitions are decimal numbers. A topic's name has no white space.
 */

/** What a consumer says of itself. */
export interface Subscription {
  /** What it reads: topics, and how many partitions they have. */
  readonly topics: ReadonlyMap<string, number>;
  readonly owned: readonly TopicPartition[];
}

export function encodeSubscription({ topics, owned }: Subscription): Uint8Array {
  const lines = [...topics].map(([topic, partitions]) => {
    const own = owned.filter((each) => each.topic === topic).map(({ partition }) => partition);
    return `${topic} ${partitions} ${own}`;
  });
  return Buffer.from(lines.join('\n'));
}

export function decodeSubscription(bytes: Uint8Array): Subscription {
  const lines = linesOf(bytes);
  return {
    topics: new Map(lines.map(([topic = '', partitions]) => [topic, Number(partitions)])),
    owned: lines.flatMap(([topic = '', , own = '']) => partitionsOf(topic, own)),
  };
}

export function encodeShare(share: readonly TopicPartition[]): Uint8Array {
  const topics = new Set(share.map(({ topic }) => topic));
  const lines = [...topics].map((topic) => {
    const own = share.filter((each) => each.topic === topic).map(({ partition }) => partition);
    return `${topic} ${own}`;
  });
  return Buffer.from(lines.join('\n'));
}

export function decodeShare(bytes: Uint8Array): readonly TopicPartition[] {
  return linesOf(bytes).flatMap(([topic = '', own = '']) => partitionsOf(topic, own));
}

function linesOf(bytes: Uint8Array): readonly (readonly string[])[] {
  const text = Buffer.from(bytes).toString();
  return text === '' ? [] : text.split('\n').map((line) => line.split(' '));
}

function partitionsOf(topic: string, own: string): readonly TopicPartition[] {
  return own === ''
    ? []
    : own.split(',').map((partition) => ({ topic, partition: Number(partition) }));
}
