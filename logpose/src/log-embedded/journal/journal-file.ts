import { LogUnavailableError } from '../../errors/log-errors.ts';
import { damagedFile } from '../disk/damage.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import type { Change } from '../state/change.ts';
import type { LogState } from '../state/log-state.ts';
import { encodeEntry } from './entry.ts';

/** What a journal file begins with: `'LPJ'`, version: byte, journal number: int64. */
export const journalHeaderBytes = 12;

const mark = Buffer.from([0x4c, 0x50, 0x4a, 1]);

/** The name of a journal. The one with the highest number counts. */
export function journalName(number: number): string {
  return `journal-${String(number).padStart(12, '0')}`;
}

/** @throws {LogDamagedError} When the file does not begin as this journal does. */
export function checkJournalHeader(bytes: Uint8Array, number: number, file: string): void {
  if (headerOf(number).equals(bytes.subarray(0, journalHeaderBytes))) return;
  throw damagedFile('the journal does not begin as this version writes it', file);
}

/** The file that says what belongs to the log. Entries are added at its end. */
export class JournalFile {
  readonly number: number;
  readonly name: string;
  readonly #file: DiskFile;
  #sizeBytes: number;
  /** How much of it is known to be synced, with all records it speaks of. */
  syncedBytes: number;
  /** A failed write may have left bytes behind the last entry. */
  #isDirty = false;

  private constructor(number: number, file: DiskFile, sizeBytes: number) {
    this.number = number;
    this.name = journalName(number);
    this.#file = file;
    this.#sizeBytes = this.syncedBytes = sizeBytes;
  }

  /**
   * Begins a journal with a state that is synced; it replaces the one before.
   *
   * The file is there whole and for good, or not at all.
   *
   * @throws {LogUnavailableError} When it cannot be written; then it is not there.
   */
  static async begin(disk: Disk, number: number, state: LogState): Promise<JournalFile> {
    const temporary = `${journalName(number)}.tmp`;
    try {
      const file = disk.open(temporary);
      try {
        const { bootId, leaderEpoch, nextTopicNumber } = state;
        const opened: Change = { kind: 'opened', bootId, leaderEpoch, nextTopicNumber };
        const sizeBytes = writeFirst(file, number, [opened, ...state.toChanges()]);
        await file.sync();
        disk.rename(temporary, journalName(number));
        return new JournalFile(number, file, sizeBytes);
      } catch (cause) {
        file.close();
        throw cause;
      }
    } catch (cause) {
      removeQuietly(disk, temporary);
      throw cause;
    }
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Adds an entry. What it says holds when this returns.
   *
   * @throws {LogUnavailableError} When it cannot be written; then it is not there.
   */
  append(changes: readonly Change[], leaderEpoch: number): void {
    this.repair();
    const { number: journal, syncedBytes } = this;
    const at = this.#sizeBytes;
    const bytes = encodeEntry({ syncedBytes, leaderEpoch, changes }, { journal, at });
    this.#isDirty = true;
    this.#file.write([bytes], at);
    this.#isDirty = false;
    this.#sizeBytes += bytes.length;
  }

  /** Removes what a failed write left. */
  repair(): void {
    if (this.#isDirty) this.#file.truncate(this.#sizeBytes);
    this.#isDirty = false;
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  close(): void {
    this.#file.close();
  }
}

function writeFirst(file: DiskFile, number: number, changes: readonly Change[]): number {
  const at = journalHeaderBytes;
  const leaderEpoch = 0;
  const entry = encodeEntry({ syncedBytes: at, leaderEpoch, changes }, { journal: number, at });
  file.truncate(0);
  file.write([headerOf(number), entry], 0);
  return at + entry.length;
}

function headerOf(number: number): Buffer {
  const header = Buffer.alloc(journalHeaderBytes);
  header.set(mark);
  header.writeBigInt64BE(BigInt(number), mark.length);
  return header;
}

function removeQuietly(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch (cause) {
    // The next opening removes it; what counts is the failure that led here.
    if (!(cause instanceof LogUnavailableError)) throw cause;
  }
}
