import { pause, type Surroundings } from '../../base/clock.ts';
import { StoreUnavailableError } from '../../errors/store-errors.ts';
import type { NoAnswer, RoutedStore } from '../routed-store.ts';
import type { EncodedRow, PeerScan } from '../store-peer.ts';
import { type Changelog, foldChangelog } from './changelog.ts';
import type { RowFilter } from './row-filter.ts';
import { orderOf, type RowPlace } from './row-places.ts';

/** The rows of one partition that a subscriber wants, and where in the changelog they are of. */
export interface PartitionSnapshot {
  readonly rows: readonly EncodedRow[];
  /** The next offset. */
  readonly next: number;
}

/** What a snapshot is taken from. */
export interface SnapshotParts {
  readonly surroundings: Surroundings;
  readonly store: RoutedStore;
  readonly changelog: Changelog;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** How long a store that nobody can read is waited for, before its changelog is read instead. */
const maxWaitMs = 1000;
const lookAgainMs = 20;

/**
 * The committed rows of a partition together with the offset they are of: from whichever instance
 * of this process has it, a standby too, or else from the changelog itself.
 *
 * @throws {LogUnavailableError} {@link LogDamagedError} When the changelog cannot be read either.
 */
export async function partitionSnapshot(
  partition: number,
  filter: RowFilter,
  parts: SnapshotParts,
): Promise<PartitionSnapshot> {
  const { surroundings, changelog, signal } = parts;
  const endMs = surroundings.nowMs() + maxWaitMs;
  for (;;) {
    const timeoutMs = Math.max(0, endMs - surroundings.nowMs());
    const found = await fromStore(partition, filter, { ...parts, timeoutMs });
    if (signal.aborted) return { rows: [], next: 0 };
    if (!('state' in found)) return found;
    const isLate = surroundings.nowMs() >= endMs;
    if (isLate || found.state !== 'restoring') break;
    await pause(surroundings, lookAgainMs);
  }
  return foldChangelog(partition, filter, { changelog, signal });
}

interface Bounded extends SnapshotParts {
  readonly timeoutMs: number;
}

async function fromStore(
  partition: number,
  filter: RowFilter,
  parts: Bounded,
): Promise<PartitionSnapshot | NoAnswer> {
  try {
    const { only } = filter;
    return await (only === undefined
      ? scanned(partition, filter, parts)
      : foundRow(partition, only, parts));
  } catch (error) {
    // A scan that the engine has ended is begun again.
    if (error instanceof StoreUnavailableError) return { state: 'restoring', lag: 0 };
    throw error;
  }
}

async function foundRow(
  partition: number,
  { key, windowStartMs }: RowPlace,
  { store, timeoutMs }: Bounded,
): Promise<PartitionSnapshot | NoAnswer> {
  const window = windowStartMs === undefined ? {} : { windowStartMs };
  const question = { partition, key, ...window };
  const answer = await store.get(question, { timeoutMs, standby: 'allowed' });
  if (answer.state !== 'found' && answer.state !== 'absent') return answer;
  const { changelogOffset: next = 0 } = answer;
  return { rows: answer.state === 'found' ? [answer.row] : [], next };
}

async function scanned(
  partition: number,
  filter: RowFilter,
  { store, timeoutMs }: Bounded,
): Promise<PartitionSnapshot | NoAnswer> {
  const options = { timeoutMs, standby: 'allowed' } as const;
  const scans = await store.scan({ range: filter.range, partitions: [partition] }, options);
  if ('state' in scans) return scans;
  const [scan] = scans;
  if (scan === undefined) return { state: 'unavailable', reason: 'not-running' };
  try {
    const rows = await rowsOf(scan, filter);
    if (rows === undefined) return { state: 'restoring', lag: 0 };
    return { rows, next: scan.changelogOffset ?? 0 };
  } finally {
    scan.close();
  }
}

/** Undefined: the partition has moved, or restores, in the middle of it. */
async function rowsOf(
  scan: PeerScan,
  { wants }: RowFilter,
): Promise<readonly EncodedRow[] | undefined> {
  const rows: EncodedRow[] = [];
  for (let isLast = false; !isLast; ) {
    const page = await scan.next();
    if (page.state !== 'rows') return undefined;
    rows.push(...page.rows.filter((row) => wants(orderOf(row))));
    isLast = page.isLast;
  }
  return rows;
}
