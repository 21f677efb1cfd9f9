import { ConfigError } from '../../errors/config-errors.ts';
import type { MemberIdentity } from '../../log/group-port.ts';
import type { AnyConsumer, BatchPosition } from '../consumer.ts';

/** In whose name a consumer's progress is committed. */
export interface Progress {
  readonly groupId: string;
  /** Whether one of several consumers commits: its offsets go with no other's. */
  readonly isShared: boolean;
  /** @throws {NotAMemberError} When the batch's partition is the consumer's no more. */
  check(batch: BatchPosition): void;
  /**
   * Runs a commit of these positions.
   *
   * @param run - Gets the member to name; undefined when whoever commits is none.
   * @throws {NotAMemberError} When one of them is the consumer's no more.
   */
  commit<R>(
    batches: readonly BatchPosition[],
    run: (member: MemberIdentity | undefined) => Promise<R>,
  ): Promise<R>;
}

/** The progress of a consumer that was told its partitions: nobody else is asked. */
export function ownProgress(groupId: string): Progress {
  return {
    groupId,
    isShared: false,
    check: () => undefined,
    commit: (_batches, run) => run(undefined),
  };
}

const progresses = new WeakMap<AnyConsumer, Progress>();

/** Remembers whose progress a consumer commits, out of sight of its public type. */
export function keepProgress(consumer: AnyConsumer, progress: Progress): void {
  progresses.set(consumer, progress);
}

/** @throws {ConfigError} When the consumer has no group, or is not of any log's making. */
export function progressOf(consumer: AnyConsumer): Progress {
  const progress = progresses.get(consumer);
  if (progress === undefined) {
    throw new ConfigError(['a consumer without a groupId has no progress to commit']);
  }
  return progress;
}
