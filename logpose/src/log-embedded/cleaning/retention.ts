import { isTimed, type PartitionState } from '../state/partition-state.ts';

/**
 * Where a partition begins when all segments are given up that its topic keeps no longer; undefined
 * when there is none.
 *
 * As Kafka: whole segments from the front, as long as their latest record is older than
 * `retention.ms`, or the partition has `retention.bytes` without them. The last one goes too, so
 * that a topic to which nobody writes becomes empty.
 */
export function startAfterRetention(partition: PartitionState, nowMs: number): number | undefined {
  const { rules, segments } = partition;
  const { deletes, retentionMs, retentionBytes } = rules;
  if (!deletes) return undefined;
  let leftBytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let startOffset: number | undefined;
  for (const segment of segments) {
    leftBytes -= segment.sizeBytes;
    const isOld = retentionMs >= 0 && isTimed(segment) && nowMs - segment.times.maxMs > retentionMs;
    const isTooMuch = retentionBytes >= 0 && leftBytes >= retentionBytes;
    if (!isOld && !isTooMuch) break;
    startOffset = partition.endOf(segment);
  }
  return startOffset;
}
