import type { LogPort } from '../../src/log/log-port.ts';
import type { TopicPartition } from '../../src/record/topic-partition.ts';
import { marksTopic } from './ledger.ts';
import { applicationId, deadLetters, orders, outputs, profiles } from './topics.ts';

/** Creates the topics that the application expects, and that of the marks. */
export async function createTopics(log: LogPort, partitions: number): Promise<void> {
  const names = [orders, profiles, ...Object.values(outputs), deadLetters].map(({ name }) => name);
  // The input is older than the clock.
  const config = { 'retention.ms': '-1' };
  await log.admin.createTopics([
    { name: marksTopic, partitions: 1, config },
    ...names.map((name) => ({ name, partitions, config })),
  ]);
}

/** Every partition that the application reads. */
export async function inputsOf(log: LogPort): Promise<readonly TopicPartition[]> {
  const all = await log.admin.listTopics();
  const read = all.filter((name) => name.endsWith('-repartition')).toSorted();
  const described = await log.admin.describeTopics([orders.name, profiles.name, ...read]);
  return described.flatMap((topic) =>
    Array.from({ length: topic?.partitions ?? 0 }, (_, partition) => ({
      topic: topic?.name ?? '',
      partition,
    })),
  );
}

/** Whether the application has committed that it has processed everything there is. */
export async function isAtEnd(log: LogPort): Promise<boolean> {
  const inputs = await inputsOf(log);
  const committed = await log.admin.committedOffsets(applicationId, inputs);
  const ranges = await log.admin.offsetRanges(inputs);
  return ranges.every(({ endOffset }, at) => (committed[at]?.offset ?? 0) === endOffset);
}
