import type { RecordPosition } from '../errors/record-position.ts';
import type { LogAdmin } from '../log/log-port.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { Worker } from '../runtime/worker/worker.ts';

/** What to process to the end. */
export interface ToTheEnd {
  readonly worker: Worker;
  readonly admin: LogAdmin;
  /** Topics that the application writes to. */
  readonly writtenTopics: readonly string[];
}

/**
 * Resolves when what the log holds now is processed and committed: the sources' records, and what
 * comes of them in topics that the application both writes and reads.
 *
 * Where such topics form a circle, it is gone round at most once per task.
 */
export async function untilEnd({ worker, admin, writtenTopics }: ToTheEnd): Promise<void> {
  const inputs = worker.slots.flatMap(({ plan }) => plan.inputs);
  const between = inputs.filter(({ topic }) => writtenTopics.includes(topic));
  if (!(await reached(worker, await endsOf(admin, inputs)))) return;
  for (let round = 0; round < worker.slots.length; round++) {
    const ends = await endsOf(admin, between);
    const isEnd = ends.every((end) => isCommitted(worker, end));
    if (isEnd || !(await reached(worker, ends))) return;
  }
}

/** Returns false when the worker ended before. */
async function reached(worker: Worker, lasts: readonly RecordPosition[]): Promise<boolean> {
  const outcomes = await Promise.all(
    lasts.map((last) => worker.waitFor(last, Number.POSITIVE_INFINITY)),
  );
  return outcomes.every((outcome) => outcome === 'reached');
}

/** The last record of each partition that has any. */
async function endsOf(
  admin: LogAdmin,
  inputs: readonly TopicPartition[],
): Promise<readonly RecordPosition[]> {
  const ranges = await admin.offsetRanges(inputs);
  return inputs.flatMap(({ topic, partition }, at) => {
    const offset = (ranges[at]?.endOffset ?? 0) - 1;
    return offset < 0 ? [] : [{ topic, partition, offset }];
  });
}

function isCommitted(worker: Worker, { topic, partition, offset }: RecordPosition): boolean {
  return worker.slots.some((slot) => (slot.committedOffset({ topic, partition }) ?? 0) > offset);
}
