import { crc32c } from '../../base/crc32c.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import { crcStart, storedCrc } from '../../log/batch-header.ts';
import { BatchWalk } from '../segments/batch-walk.ts';
import type { OpenFiles } from '../segments/open-files.ts';
import type { Appended } from '../state/change.ts';
import type { PartitionState } from '../state/partition-state.ts';

/** Where records should be and are not. */
export interface MissingRecords {
  readonly position: RecordPosition;
  readonly path: string;
}

/**
 * Looks at the batches that `change` says were appended to `partition`, which does not have them
 * yet. Undefined when all are there with their CRCs.
 */
export function checkRecords(
  disk: { readonly files: OpenFiles; sizeOf(path: string): number | undefined },
  partition: PartitionState,
  change: Appended,
): MissingRecords | undefined {
  const path = partition.pathOf(change.baseOffset);
  const last = partition.lastSegment;
  const fromBytes = last?.baseOffset === change.baseOffset ? last.sizeBytes : 0;
  const missingAt = (offset: number): MissingRecords => ({
    position: { ...partition.place, offset },
    path,
  });
  if ((disk.sizeOf(path) ?? 0) < change.sizeBytes) return missingAt(partition.endOffset);
  const bytes = Buffer.allocUnsafe(change.sizeBytes - fromBytes);
  disk.files.at(path).read(bytes, fromBytes);
  const walk = new BatchWalk(bytes, partition.endOffset);
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
