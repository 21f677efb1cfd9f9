import type { RecordPosition } from '../errors/record-position.ts';
import { StreamsError } from '../errors/streams-error.ts';
import type { LogAdmin } from '../log/log-port.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { Worker } from '../runtime/worker/worker.ts';
import type { Deployment } from './deployment.ts';

/** What to process to the end. */
export interface ToTheEnd {
  readonly groupId: string;
  readonly worker: Pick<Worker, 'waitFor'>;
  readonly admin: LogAdmin;
  readonly deployment: Deployment;
}

/** How often the log is asked how far the other instances are. */
const lookAgainMs = 50;

/**
 * Resolves when what the log holds now is processed and committed, by this instance or another: the
 * sources' records, and what comes of them in topics that the application both writes and reads.
 *
 * Where such topics form a circle, it is gone round at most once per task.
 */
export async function untilEnd(what: ToTheEnd): Promise<void> {
  const { tasks, writtenTopics } = what.deployment;
  const inputs = tasks.flatMap((task) => task.inputs);
  const between = inputs.filter(({ topic }) => writtenTopics.includes(topic));
  if (!(await reached(what, await endsOf(what.admin, inputs)))) return;
  for (let round = 0; round < tasks.length; round++) {
    const ends = await uncommitted(what, await endsOf(what.admin, between));
    if (ends.length === 0 || !(await reached(what, ends))) return;
  }
}

/** Returns false when the worker ended before. */
async function reached(what: ToTheEnd, lasts: readonly RecordPosition[]): Promise<boolean> {
  let left = lasts;
  while (left.length > 0) {
    const waits = left.map((last) => what.worker.waitFor(last, lookAgainMs));
    const outcomes = await Promise.all(waits);
    if (outcomes.includes('closed')) return false;
    left = left.filter((_, at) => outcomes[at] !== 'reached');
    // Their tasks may be another's, or have become so meanwhile.
    if (left.length > 0) left = await elsewhereUncommitted(what, left);
  }
  return true;
}

/** A log that cannot be used for a moment is asked again: the worker bears that, too. */
async function elsewhereUncommitted(
  what: ToTheEnd,
  lasts: readonly RecordPosition[],
): Promise<readonly RecordPosition[]> {
  try {
    return await uncommitted(what, lasts);
  } catch (error) {
    if (error instanceof StreamsError && error.retriable) return lasts;
    throw error;
  }
}

/** Of these records, those that nobody has processed and committed. */
async function uncommitted(
  { admin, groupId }: ToTheEnd,
  lasts: readonly RecordPosition[],
): Promise<readonly RecordPosition[]> {
  const committed = await admin.committedOffsets(groupId, lasts);
  return lasts.filter(({ offset }, at) => (committed[at]?.offset ?? 0) <= offset);
}

/** The last record of each partition that has any. */
async function endsOf(
  admin: LogAdmin,
  inputs: readonly TopicPartition[],
): Promise<readonly RecordPosition[]> {
  const ranges = await admin.offsetRanges(inputs);
  return inputs.flatMap(({ topic, partition }, at) => {
    const { startOffset = 0, endOffset = 0 } = ranges[at] ?? {};
    return startOffset === endOffset ? [] : [{ topic, partition, offset: endOffset - 1 }];
  });
}
