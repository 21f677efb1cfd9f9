import { damagedAt } from '../disk/damage.ts';
import type { Disk } from '../disk/disk.ts';
import type { LogState } from '../state/log-state.ts';
import type { PartitionState, Segment } from '../state/partition-state.ts';

/**
 * @throws {LogDamagedError} When a segment is missing, or shorter than the log has it.
 */
export function checkSegments(disk: Disk, state: LogState): void {
  for (const partition of partitionsOf(state)) {
    for (const segment of partition.segments) checkSegment(disk, partition, segment);
  }
}

function checkSegment(disk: Disk, partition: PartitionState, segment: Segment): void {
  const { path, sizeBytes, baseOffset } = segment;
  const found = disk.sizeOf(path);
  if (found !== undefined && found >= sizeBytes) return;
  const what = `a segment has ${found ?? 'no'} bytes instead of ${sizeBytes}`;
  throw damagedAt(what, { ...partition.place, offset: baseOffset }, disk.locate(path));
}

/** Removes what does not belong to the log: bytes behind its end, files that nothing speaks of. */
export function tidyFiles(disk: Disk, state: LogState): void {
  for (const name of disk.list('')) if (/^journal-\d{12}\.tmp$/.test(name)) disk.remove(name);
  const directories = new Map(
    [...state.topics.values()].map((topic) => [topic.directory, topic.partitions]),
  );
  for (const name of disk.list('topics')) {
    const directory = `topics/${name}`;
    const partitions = directories.get(directory);
    if (partitions === undefined) disk.remove(directory);
    else tidyTopic(disk, directory, partitions);
  }
}

function tidyTopic(disk: Disk, directory: string, partitions: readonly PartitionState[]): void {
  const segments = new Map(
    partitions.flatMap((partition) => partition.segments).map((each) => [each.path, each]),
  );
  for (const name of disk.list(directory)) {
    const path = `${directory}/${name}`;
    const segment = segments.get(path);
    if (segment === undefined) disk.remove(path);
    else if ((disk.sizeOf(path) ?? 0) > segment.sizeBytes) cut(disk, segment);
  }
}

function cut(disk: Disk, { path, sizeBytes }: Segment): void {
  const file = disk.open(path);
  try {
    file.truncate(sizeBytes);
  } finally {
    file.close();
  }
}

function partitionsOf(state: LogState): readonly PartitionState[] {
  return [...state.topics.values()].flatMap((topic) => topic.partitions);
}
