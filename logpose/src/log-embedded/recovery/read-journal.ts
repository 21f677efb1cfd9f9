import { asBuffer } from '../../base/bytes.ts';
import { damagedFile } from '../disk/damage.ts';
import type { Disk } from '../disk/disk.ts';
import { decodeEntry, type Entry, entryMark, type FoundEntry } from '../journal/entry.ts';
import { checkJournalHeader, journalHeaderBytes, journalName } from '../journal/journal-file.ts';
import type { Change } from '../state/change.ts';

/** An entry and where it ends. */
export interface PlacedEntry {
  readonly changes: readonly Change[];
  readonly startAt: number;
  readonly endAt: number;
}

/** What a journal says, as far as it can be read. */
export interface JournalContents {
  readonly number: number;
  /** The path of the file, for messages. */
  readonly file: string;
  /** The state it begins with. */
  readonly first: PlacedEntry;
  /** What came behind, up to the first that is not whole. */
  readonly entries: readonly PlacedEntry[];
  /** What stands behind the last of them. */
  readonly tail: 'end' | 'torn' | 'damaged';
  readonly tailAt: number;
  /** Whole entries stand behind the tail. */
  readonly goesOn: boolean;
  /** Up to here nothing can be missing, as any whole entry knows. */
  readonly syncedBytes: number;
}

/** The numbers of the journals in the directory, ascending. */
export function journalNumbers(disk: Disk): readonly number[] {
  return disk
    .list('')
    .map((name) => /^journal-(\d{12})$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((left, right) => left - right);
}

/** @throws {LogDamagedError} When not even the state it begins with can be read. */
export function readJournal(disk: Disk, number: number): JournalContents {
  const name = journalName(number);
  const file = disk.locate(name);
  const bytes = readAll(disk, name);
  checkJournalHeader(bytes, number, file);
  const found: PlacedEntry[] = [];
  let syncedBytes = 0;
  let at = journalHeaderBytes;
  let next = entryAt(bytes, { journal: number, at }, file);
  for (; next.state === 'whole'; next = entryAt(bytes, { journal: number, at }, file)) {
    found.push({ changes: [...next.entry.changes], startAt: at, endAt: next.endAt });
    syncedBytes = Math.max(syncedBytes, next.entry.syncedBytes);
    at = next.endAt;
  }
  const [first, ...entries] = found;
  if (first === undefined) throw damagedFile('the state a journal begins with is lost', file);
  const tail = { tail: next.state, tailAt: at };
  const later = next.state === 'end' ? [] : laterEntries(bytes, { journal: number, at }, file);
  for (const entry of later) syncedBytes = Math.max(syncedBytes, entry.syncedBytes);
  syncedBytes = Math.max(syncedBytes, first.endAt);
  return { number, file, first, entries, ...tail, goesOn: later.length > 0, syncedBytes };
}

function readAll(disk: Disk, name: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(disk.sizeOf(name) ?? 0);
  const file = disk.open(name);
  try {
    return bytes.subarray(0, file.read(bytes, 0));
  } finally {
    file.close();
  }
}

function entryAt(
  bytes: Uint8Array,
  place: { readonly journal: number; readonly at: number },
  file: string,
): FoundEntry {
  try {
    return decodeEntry(bytes, place);
  } catch (cause) {
    throw damagedFile('an entry of the journal cannot be understood', file, cause);
  }
}

/** Whole entries behind one that is not: found by their mark, known by their CRCs. */
function laterEntries(
  bytes: Uint8Array,
  { journal, at }: { readonly journal: number; readonly at: number },
  file: string,
): readonly Entry[] {
  const later: Entry[] = [];
  const buffer = asBuffer(bytes);
  for (let from = buffer.indexOf(entryMark, at + 1); from >= 0; ) {
    const found = entryAt(bytes, { journal, at: from }, file);
    if (found.state === 'whole') later.push(found.entry);
    from = buffer.indexOf(entryMark, found.state === 'whole' ? found.endAt : from + 1);
  }
  return later;
}
