import { must } from '../base/assert.ts';
import { ConfigError } from '../errors/config-errors.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import type { LogAdmin } from '../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../record/topic-partition.ts';
import type { ConsumerOptions, ConsumerStart } from './consumer.ts';
import { type AnyInput, findTopics, type KnownTopic } from './topic-names.ts';

/** A partition to read, where to begin and how its records are decoded. */
export interface ReadPartition extends RecordPosition {
  readonly topicId: string;
  readonly input: AnyInput;
}

/**
 * Where a consumer begins, by `topic-partition`: at the offset asked for, else at the group's
 * progress, else where `from` says.
 *
 * @throws {ConfigError} When a topic is not there, or `from` says nothing that can be.
 */
export async function startingPoints(
  admin: LogAdmin,
  options: ConsumerOptions<AnyInput>,
): Promise<ReadonlyMap<string, ReadPartition>> {
  const wanted = await wantedPartitions(admin, options);
  const committed = await committedOf(admin, options.groupId, wanted);
  const otherwise = await beginnings(admin, wanted, options.from);
  const points = wanted.map((each, index): [string, ReadPartition] => {
    const beginning = must(otherwise[index], 'there is a beginning for each partition');
    const offset = each.offset ?? committed[index] ?? beginning;
    return [partitionKey(each.topic, each.partition), { ...each, offset }];
  });
  return new Map(points);
}

async function beginnings(
  admin: LogAdmin,
  partitions: readonly TopicPartition[],
  from: ConsumerStart = 'earliest',
): Promise<readonly number[]> {
  // A caller without types may say anything; what is not known would begin at the end.
  if (typeof from !== 'object' && from !== 'earliest' && from !== 'latest') {
    throw new ConfigError([`from is ${from} and must be 'earliest', 'latest' or { timestampMs }`]);
  }
  const times =
    typeof from === 'object'
      ? await admin.offsetsForTimes(partitions.map((each) => ({ ...each, ...from })))
      : [];
  const ranges = await admin.offsetRanges(partitions);
  return ranges.map(({ startOffset, endOffset }, index) =>
    from === 'earliest' ? startOffset : (times[index] ?? endOffset),
  );
}

interface Wanted extends TopicPartition {
  readonly topicId: string;
  readonly input: AnyInput;
  readonly offset: number | undefined;
}

async function wantedPartitions(
  admin: LogAdmin,
  options: ConsumerOptions<AnyInput>,
): Promise<readonly Wanted[]> {
  if ('topics' in options) return (await findTopics(admin, options.topics)).flatMap(allOf);
  const { assignment } = options;
  const known = await findTopics(
    admin,
    assignment.map((each) => each.topic),
  );
  return assignment.flatMap(({ topic, partition, offset }) =>
    known.filter(({ input }) => input === topic).map((each) => oneOf(each, partition, offset)),
  );
}

function allOf(known: KnownTopic): readonly Wanted[] {
  const { partitions } = known.description;
  return Array.from({ length: partitions }, (_, partition) => oneOf(known, partition, undefined));
}

function oneOf(
  { input, description }: KnownTopic,
  partition: number,
  offset: number | undefined,
): Wanted {
  return { topic: description.name, topicId: description.topicId, partition, input, offset };
}

async function committedOf(
  admin: LogAdmin,
  groupId: string | undefined,
  partitions: readonly TopicPartition[],
): Promise<readonly (number | undefined)[]> {
  if (groupId === undefined) return [];
  const committed = await admin.committedOffsets(groupId, partitions);
  return committed.map((each) => each?.offset);
}
