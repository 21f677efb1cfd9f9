import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAnotherBoot } from '../base/boot-id.ts';
import { type FlushRecord, readFlushRecord, writeFlushRecord } from './flush-record.ts';
import { OpeningCount } from './opening-count.ts';

/** After so many openings in a row that did not live, what is there is not read again. */
const maxShortOpenings = 2;

/** The files of one task's stores, below the task's directory. */
export class StoreFiles {
  /** Where LMDB keeps its own. */
  readonly path: string;
  readonly #openings: OpeningCount;
  readonly #bootId: string;

  constructor(taskDirectory: string, bootId: string) {
    this.path = join(taskDirectory, 'lmdb');
    this.#openings = new OpeningCount(join(this.path, 'opening'));
    this.#bootId = bootId;
  }

  /**
   * Makes the files ready to be opened, and says why what was there has been thrown away. The
   * record is of what is still there.
   */
  async prepare(): Promise<Prepared> {
    await mkdir(this.path, { recursive: true });
    const openings = await this.#openings.read();
    const found = await this.#look(openings);
    if (found === undefined || typeof found === 'string') {
      await this.startAfresh();
      return { record: undefined, discarded: found };
    }
    await this.#openings.write(openings + 1);
    return { record: found, discarded: undefined };
  }

  /** Deletes everything, and counts as one opening. */
  async startAfresh(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    await mkdir(this.path, { recursive: true });
    await this.#openings.write(1);
    // Tells a process that ends before the first flush from a record that is lost.
    await this.record({ flushes: 0, entries: {}, isFirst: false }, 'unsynced');
  }

  /** The opening has lived. */
  async clearOpenings(): Promise<void> {
    await this.#openings.clear();
  }

  async record(counts: FlushCounts, state: 'synced' | 'unsynced'): Promise<void> {
    const fileBytes = (await sizeOf(this.#data)) ?? 0;
    const record = { ...counts, fileBytes, bootId: this.#bootId, isSynced: state === 'synced' };
    // The first record that says "unsynced" must be on the disk before what it speaks of.
    const durability = state === 'synced' || counts.isFirst ? 'synced' : 'cached';
    await writeFlushRecord(this.#record, record, durability);
  }

  /** Puts on the disk what LMDB has written. */
  async sync(): Promise<void> {
    await using file = await open(this.#data, 'r+');
    await file.sync();
  }

  /** Without the record nothing is trusted. */
  async distrust(): Promise<void> {
    await rm(this.#record, { force: true });
  }

  /**
   * The record of what can be opened, or why it cannot. Undefined when there is nothing, or nothing
   * but what was begun and never flushed: no store is missed by deleting it.
   */
  async #look(openings: number): Promise<FlushRecord | undefined | string> {
    if (openings >= maxShortOpenings) return `${openings} openings in a row ended early`;
    const size = await sizeOf(this.#data);
    const record = await readFlushRecord(this.#record);
    if (record === undefined) {
      return size === undefined ? undefined : 'there is no record of what the file should be';
    }
    const hasStopped = !record.isSynced && isAnotherBoot(record.bootId, this.#bootId);
    if (record.flushes === 0 && !record.isSynced && !hasStopped) return undefined;
    if (size === undefined) return 'the file is gone';
    if (size < record.fileBytes) return `the file has ${size} bytes, not ${record.fileBytes}`;
    if (hasStopped) return 'the machine stopped before everything was on the disk';
    return record;
  }

  get #data(): string {
    return join(this.path, 'data.mdb');
  }

  get #record(): string {
    return join(this.path, 'flushed');
  }
}

export interface Prepared {
  readonly record: FlushRecord | undefined;
  readonly discarded: string | undefined;
}

/** What a record says of a flush. */
export interface FlushCounts extends Pick<FlushRecord, 'flushes' | 'entries'> {
  /** Whether it is the first one since the file was synced. */
  readonly isFirst: boolean;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
