import type { ConsumedRecord, Log, Topic } from 'logpose';

/** What to do when a partition gives nothing more before the end it had. */
export interface ReadToEndOptions {
  /**
   * `'refuse'` where a record that is missed would be wrong: a position. `'accept'` where the log
   * may have deleted what was there, by its time. Default `'refuse'`.
   */
  readonly missing?: 'refuse' | 'accept';
  /** Only so many offsets before the end of each partition. Default: all of them. */
  readonly maxOffsets?: number;
  /** How long nothing must come. Default 5,000. */
  readonly idleMs?: number;
}

/** The end of a topic was not reached. */
export class IncompleteReadError extends Error {
  override readonly name = 'IncompleteReadError';
}

/**
 * Hands over every committed record of a topic up to the end that it has now, each partition in its
 * order. A topic that is not there has none.
 *
 * @throws {IncompleteReadError} When the log stops before the end.
 */
export async function readToEnd<K, V>(
  log: Log,
  topic: Topic<K, V>,
  ...[
    onRecord,
    { missing = 'refuse', idleMs = 5_000, maxOffsets = Number.POSITIVE_INFINITY } = {},
  ]: [onRecord: (record: ConsumedRecord<K, V>) => void, options?: ReadToEndOptions]
): Promise<void> {
  const [description] = await log.admin.describeTopics([topic]);
  if (description === undefined) return;
  const partitions = Array.from(
    { length: description.partitions },
    (_none, partition) => partition,
  );
  await using consumer = log.consumer({
    assignment: partitions.map((partition) => ({ topic, partition })),
  });
  const ends = new Map(
    (await consumer.endOffsets()).map(({ partition, offset }) => [partition, offset]),
  );
  const isOpen = (partition: number, next: number): boolean => next < (ends.get(partition) ?? 0);
  for (const partition of partitions) if (!isOpen(partition, 0)) ends.delete(partition);
  for (const [partition, end] of ends) {
    const offset = Math.max(0, end - maxOffsets);
    if (offset > 0) consumer.seek({ topic: topic.name, partition, offset });
  }
  const batches = consumer[Symbol.asyncIterator]();
  while (ends.size > 0) {
    const next = await within(idleMs, batches.next());
    if (next === 'late') {
      if (missing === 'accept') return;
      throw new IncompleteReadError(`${topic.name} gave nothing for ${idleMs} ms before its end`);
    }
    if (next.done === true) throw new IncompleteReadError(`${topic.name} was closed`);
    const { partition, records, nextOffset } = next.value;
    for (const record of records) if (isOpen(partition, record.offset)) onRecord(record);
    if (!isOpen(partition, nextOffset)) ends.delete(partition);
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
