import type { OffsetRange, TopicDescription } from '../../log/log-port.ts';
import type { Checkpoint } from '../../store/store-engine.ts';

const defaultDeleteRetentionMs = 24 * 60 * 60 * 1000;

/** A changelog partition as the log has it now. */
export interface ChangelogNow {
  readonly topic: TopicDescription;
  readonly range: OffsetRange;
  readonly nowMs: number;
}

/**
 * Why what a store's engine holds cannot be continued from its changelog; undefined: it can.
 *
 * A checkpoint of another topic, of an end that the log has lost, or older than the log keeps
 * deletions, may lead to rows that are not in the changelog any more.
 */
export function problemOfCheckpoint(
  checkpoint: Checkpoint,
  { topic, range, nowMs }: ChangelogNow,
): string | undefined {
  const { offset } = checkpoint;
  if (checkpoint.topicId !== topic.topicId) return 'the changelog is another topic of that name';
  if (checkpoint.leaderEpoch !== range.leaderEpoch) return 'the changelog has lost its end since';
  if (offset > range.endOffset) return 'it is ahead of its changelog';
  // Nothing was deleted behind a checkpoint at the end, however old it is.
  if (offset === range.endOffset) return undefined;
  if (offset < range.startOffset) return 'the changelog begins behind it';
  const isTooOld = nowMs - checkpoint.flushedAtMs > deleteRetentionMs(topic);
  return isTooOld ? 'it is older than the changelog keeps deletions' : undefined;
}

/** For how long a topic keeps deletions. */
export function deleteRetentionMs({ config }: Pick<TopicDescription, 'config'>): number {
  return Number(config['delete.retention.ms'] ?? defaultDeleteRetentionMs);
}
