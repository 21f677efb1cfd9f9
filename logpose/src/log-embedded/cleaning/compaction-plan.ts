import { must } from '../../base/assert.ts';
import { isTimed, type PartitionState, type Segment } from '../state/partition-state.ts';

/** Which offsets compaction has not seen, and may. */
export interface DirtyRange {
  readonly fromOffset: number;
  readonly toOffset: number;
}

/**
 * What is to be compacted now; undefined: nothing, or not enough for its topic's settings.
 *
 * As Kafka: when more than `min.cleanable.dirty.ratio` of the bytes are new, or the oldest of them
 * for `max.compaction.lag.ms`; never what grows, nor what is younger than `min.compaction.lag.ms`.
 */
export function dirtyRange(partition: PartitionState, nowMs: number): DirtyRange | undefined {
  const { rules } = partition;
  const cleanable = cleanableSegments(partition, nowMs);
  const fromOffset = Math.max(partition.cleanOffset, partition.startOffset);
  const last = cleanable.at(-1);
  if (last === undefined || partition.endOf(last) <= fromOffset) return undefined;
  const firstDirty = cleanable.findLastIndex(({ baseOffset }) => baseOffset <= fromOffset);
  const dirty = cleanable.slice(Math.max(firstDirty, 0));
  const oldest = must(dirty[0], 'the last one has offsets that are not clean');
  const isEnough = bytesOf(dirty) / bytesOf(cleanable) > rules.minCleanableDirtyRatio;
  const isOld = nowMs - oldest.times.firstMs > rules.maxCompactionLagMs;
  return isEnough || isOld ? { fromOffset, toOffset: partition.endOf(last) } : undefined;
}

/** Whether the last segment should grow no more, so that compaction gets to it. */
export function isLastDue(partition: PartitionState, nowMs: number): boolean {
  const { rules, lastSegment: last } = partition;
  if (last === undefined || partition.isLastClosed || !isTimed(last)) return false;
  const mostMs = Math.min(rules.segmentMs, rules.maxCompactionLagMs);
  return nowMs - last.times.firstMs > mostMs;
}

/** Segments that lie below `toOffset`, in groups that fit into one of `segmentBytes`. */
export function groupsBelow(
  { segments }: PartitionState,
  { toOffset, segmentBytes }: { readonly toOffset: number; readonly segmentBytes: number },
): readonly (readonly Segment[])[] {
  const groups: Segment[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const segment of segments) {
    if (segment.baseOffset >= toOffset) break;
    bytes += segment.sizeBytes;
    if (bytes <= segmentBytes) {
      groups.at(-1)?.push(segment);
    } else {
      groups.push([segment]);
      bytes = segment.sizeBytes;
    }
  }
  return groups;
}

/** The segments from the front that compaction may rewrite. */
function cleanableSegments(partition: PartitionState, nowMs: number): readonly Segment[] {
  const { segments, rules, isLastClosed } = partition;
  const closed = isLastClosed ? segments : segments.slice(0, -1);
  const lagMs = rules.minCompactionLagMs;
  const young = closed.findIndex(
    (segment) => !isTimed(segment) || (lagMs > 0 && segment.times.maxMs > nowMs - lagMs),
  );
  return young < 0 ? closed : closed.slice(0, young);
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
