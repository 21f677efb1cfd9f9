import type { LogDamagedError } from '../../errors/log-errors.ts';
import { damagedAt, damagedFile } from '../disk/damage.ts';
import type { Disk } from '../disk/disk.ts';
import type { RecoveryLoss } from '../options.ts';
import type { OpenFiles } from '../segments/open-files.ts';
import type { Appended, Change, PartitionNumber, SegmentsCleaned } from '../state/change.ts';
import { LogState } from '../state/log-state.ts';
import type { PartitionState } from '../state/partition-state.ts';
import { checkRecords, type MissingRecords, type WholeUpTo } from './check-records.ts';
import { ReadAhead } from './read-ahead.ts';
import type { JournalContents, PlacedEntry } from './read-journal.ts';

/** What a journal and the records behind it come to. */
export interface Replayed {
  readonly state: LogState;
  /** Segments that have grown since the journal began, and may not be synced. */
  readonly grown: ReadonlySet<string>;
  /** Undefined when nothing is lost that anyone may have seen. */
  readonly loss: RecoveryLoss | undefined;
  readonly after: 'clean-close' | 'killed-process' | 'machine-crash';
}

/** What replaying works with. */
export interface ReplayParts {
  readonly disk: Disk;
  readonly files: OpenFiles;
}

/**
 * Builds the state that a journal says, and looks at the records it speaks of.
 *
 * - After a clean close everything must be there.
 * - After a killed process only the last entry may be torn: nobody was told of it, so it goes.
 * - After a crash of the machine the longest beginning stays whose entries and records are whole.
 *   What was synced cannot be missing.
 *
 * @throws {LogDamagedError} When something is missing that cannot be. Nothing is changed then.
 */
export function replayJournal(journal: JournalContents, parts: ReplayParts): Replayed {
  const after = endingOf(journal, parts.disk);
  checkTail(journal, after);
  const { state, grown, whole } = replayed(journal, after, parts);
  return { state, grown, loss: lossOf(journal, { state, whole, after }), after };
}

function replayed(journal: JournalContents, after: Ending, parts: ReplayParts): WholeBeginning {
  const replay = new Replay(journal, parts);
  const { state, grown } = replay;
  const count = journal.entries.length;
  const whole = after === 'clean-close' ? count : replay.checkedEntries(after);
  replay.apply(whole);
  if (whole === count) return { state, grown, whole };
  // What gave records up may be among what is lost: then they are to be there after all.
  return replayed({ ...journal, entries: journal.entries.slice(0, whole) }, after, parts);
}

/** The longest beginning of a journal that is whole with its records. */
interface WholeBeginning extends Pick<Replayed, 'state' | 'grown'> {
  /** Entries of it. */
  readonly whole: number;
}

type Ending = Replayed['after'];

function endingOf(journal: JournalContents, disk: Disk): Ending {
  const last = journal.entries.at(-1)?.changes.at(-1);
  if (last?.kind === 'closed') return 'clean-close';
  const { bootId } = stateAtFirst(journal);
  return bootId === disk.bootId ? 'killed-process' : 'machine-crash';
}

function stateAtFirst({ first }: JournalContents): LogState {
  const state = new LogState();
  for (const change of first.changes) state.apply(change);
  return state;
}

function checkTail(journal: JournalContents, after: Ending): void {
  const { tail, goesOn, tailAt, syncedBytes, file } = journal;
  if (tail === 'end') return;
  const mayBeCut = {
    'clean-close': false,
    'killed-process': tail === 'torn' && !goesOn,
    'machine-crash': tailAt >= syncedBytes,
  };
  if (!mayBeCut[after]) {
    throw damagedFile(`an entry of the journal is not what was written, at byte ${tailAt}`, file);
  }
}

/** Applies entries, one after the other, after a look at their records. */
class Replay {
  readonly grown = new Set<string>();
  readonly state: LogState;
  readonly #journal: JournalContents;
  readonly #parts: ReplayParts;
  readonly #givenUp: GivenUp;
  readonly #ahead: ReadAhead;
  #applied = 0;

  constructor(journal: JournalContents, parts: ReplayParts) {
    this.state = stateAtFirst(journal);
    this.#journal = journal;
    this.#parts = parts;
    this.#givenUp = new GivenUp(journal.entries);
    this.#ahead = new ReadAhead(parts);
  }

  /** Applies entries while their records are there, and returns how many. */
  checkedEntries(after: Ending): number {
    const { entries, syncedBytes } = this.#journal;
    for (const [index, entry] of entries.entries()) {
      const missing = this.#check(entry);
      if (missing === undefined) continue;
      if (after === 'killed-process' || entry.endAt <= syncedBytes) throw this.#damaged(missing);
      return index;
    }
    return entries.length;
  }

  /** Applies entries up to the `count`th. */
  apply(count: number): void {
    const entries = this.#journal.entries.slice(this.#applied, count);
    for (const { changes } of entries) for (const change of changes) this.#apply(change);
  }

  /** Applies the entry unless records of it are missing. */
  #check({ changes }: PlacedEntry): MissingRecords | undefined {
    // An entry may go on in another segment: what it says first is whole when the next is checked.
    const whole = new Map<PartitionState, WholeUpTo>();
    for (const change of changes) {
      if (change.kind !== 'appended') continue;
      const partition = this.state.numbered(change);
      const missing = this.#missingOf(change, partition, whole.get(partition));
      if (missing !== undefined) return missing;
      whole.set(partition, change);
    }
    for (const change of changes) this.#apply(change);
    this.#applied++;
    return undefined;
  }

  #missingOf(
    change: Appended,
    partition: PartitionState,
    whole: WholeUpTo = wholeUpTo(partition),
  ): MissingRecords | undefined {
    if (this.#givenUp.has(change)) return undefined;
    return checkRecords(this.#ahead, { partition, whole }, change);
  }

  #apply(change: Change): void {
    if (change.kind === 'appended') {
      this.grown.add(this.state.numbered(change).pathOf(change.baseOffset));
    }
    this.state.apply(change);
  }

  #damaged({ position, path }: MissingRecords): LogDamagedError {
    return damagedAt('records are not what was written', position, this.#parts.disk.locate(path));
  }
}

function wholeUpTo({ endOffset, lastSegment }: PartitionState): WholeUpTo {
  const { baseOffset = -1, sizeBytes = 0 } = lastSegment ?? {};
  return { endOffset, baseOffset, sizeBytes };
}

/** Segments that later entries gave up: their files may be gone, and nobody reads them. */
class GivenUp {
  readonly #topics = new Set<number>();
  readonly #starts = new Map<string, number>();
  /** Segments that compaction has put others in the place of. */
  readonly #replaced = new Set<string>();
  /** By segment, the offset behind its last record. */
  readonly #ends = new Map<string, number>();

  constructor(entries: readonly PlacedEntry[]) {
    for (const change of entries.flatMap(({ changes }) => changes)) {
      if (change.kind === 'topic-deleted') this.#topics.add(change.number);
      else if (change.kind === 'start-moved')
        this.#starts.set(partitionOf(change), change.startOffset);
      else if (change.kind === 'appended') this.#ends.set(segmentOf(change), change.endOffset);
      else if (change.kind === 'segments-cleaned') this.#addReplaced(change);
    }
  }

  has(change: Appended): boolean {
    if (this.#topics.has(change.topic) || this.#replaced.has(segmentOf(change))) return true;
    // As long as one of its records is read, a segment is read from its beginning on.
    const end = this.#ends.get(segmentOf(change)) ?? change.endOffset;
    return end <= (this.#starts.get(partitionOf(change)) ?? 0);
  }

  #addReplaced(change: SegmentsCleaned): void {
    for (const baseOffset of change.replaced) {
      this.#replaced.add(segmentOf({ ...change, baseOffset }));
    }
  }
}

function partitionOf({ topic, partition }: PartitionNumber): string {
  return `${topic}-${partition}`;
}

function segmentOf(change: PartitionNumber & { readonly baseOffset: number }): string {
  return `${partitionOf(change)}-${change.baseOffset}`;
}

function lossOf(
  journal: JournalContents,
  { state, whole, after }: { state: LogState; whole: number; after: Ending },
): RecoveryLoss | undefined {
  const lost = journal.entries.slice(whole);
  const commits = lost.length + (journal.tail === 'end' ? 0 : 1);
  if (after !== 'machine-crash' || commits === 0) return undefined;
  const ends = new Map<string, RecoveryLoss['partitions'][number]>();
  for (const change of lost.flatMap(({ changes }) => changes)) {
    const partition = change.kind === 'appended' ? state.findNumbered(change) : undefined;
    if (partition === undefined || change.kind !== 'appended') continue;
    const { place, endOffset } = partition;
    const lostEndOffset = change.endOffset;
    ends.set(partition.directory + place.partition, { ...place, endOffset, lostEndOffset });
  }
  return { commits, partitions: [...ends.values()] };
}
