import { crc32c } from '../../base/crc32c.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import { crcStart, storedCrc } from '../../log/batch-header.ts';
import { BatchWalk } from '../segments/batch-walk.ts';
import type { Appended, SegmentSize } from '../state/change.ts';
import type { PartitionState } from '../state/partition-state.ts';
import type { ReadAhead } from './read-ahead.ts';

/** Where records should be and are not. */
export interface MissingRecords {
  readonly position: RecordPosition;
  readonly path: string;
}

/** How far a partition is known to be whole. */
export interface WholeUpTo extends SegmentSize {
  readonly endOffset: number;
}

/**
 * Looks at the batches that `change` says were appended to `partition` behind what is `whole`.
 * Undefined when all are there with their CRCs.
 */
export function checkRecords(
  files: ReadAhead,
  { partition, whole }: { readonly partition: PartitionState; readonly whole: WholeUpTo },
  change: Appended,
): MissingRecords | undefined {
  const path = partition.pathOf(change.baseOffset);
  const fromBytes = whole.baseOffset === change.baseOffset ? whole.sizeBytes : 0;
  const missingAt = (offset: number): MissingRecords => ({
    position: { ...partition.place, offset },
    path,
  });
  const bytes = files.read(path, fromBytes, change.sizeBytes - fromBytes);
  if (bytes === undefined) return missingAt(whole.endOffset);
  const walk = new BatchWalk(bytes, whole.endOffset);
  while (walk.at < bytes.length) {
    const header = walk.peek();
    if (header === undefined || header === 'damaged') return missingAt(walk.nextOffset);
    const endAt = walk.at + header.sizeBytes;
    const isWhole =
      endAt <= bytes.length &&
      crc32c(bytes, walk.at + crcStart, endAt) === storedCrc(bytes, walk.at);
    if (!isWhole) return missingAt(walk.nextOffset);
    walk.skip(header);
  }
  return walk.nextOffset === change.endOffset ? undefined : missingAt(walk.nextOffset);
}
