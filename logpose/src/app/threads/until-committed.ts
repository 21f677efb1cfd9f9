import type { Surroundings } from '../../base/clock.ts';
import type { LogAdmin } from '../../log/log-port.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { Deployment } from '../deployment.ts';

/** How often the log is asked how far the application is. */
const lookAgainMs = 20;

/** What to process to the end. */
export interface ToCommit {
  readonly groupId: string;
  readonly deployment: Deployment;
  readonly admin: LogAdmin;
  readonly surroundings: Surroundings;
  /** Whether nobody waits any more. */
  hasEnded(): boolean;
}

/**
 * Resolves when what the log holds now is processed and committed, by whichever worker: the
 * sources' records, and what comes of them in topics that the application both writes and reads.
 *
 * Where such topics form a circle, it is gone round at most once per task.
 */
export async function untilCommitted(what: ToCommit): Promise<void> {
  const { tasks, writtenTopics } = what.deployment;
  const inputs = tasks.flatMap((task) => task.inputs);
  const between = inputs.filter(({ topic }) => writtenTopics.includes(topic));
  await committed(what, inputs);
  for (let round = 0; round < tasks.length && !what.hasEnded(); round++) {
    if (await committed(what, between)) return;
  }
}

/** Returns whether there was nothing to wait for. */
async function committed(what: ToCommit, inputs: readonly TopicPartition[]): Promise<boolean> {
  const ranges = await what.admin.offsetRanges(inputs);
  const isThere = async (): Promise<boolean> => {
    const offsets = await what.admin.committedOffsets(what.groupId, inputs);
    return ranges.every(({ startOffset, endOffset }, at) => {
      return startOffset === endOffset || (offsets[at]?.offset ?? 0) >= endOffset;
    });
  };
  if (await isThere()) return true;
  do {
    await new Promise<void>((resolve) => void what.surroundings.after(lookAgainMs, resolve));
  } while (!what.hasEnded() && !(await isThere()));
  return false;
}
