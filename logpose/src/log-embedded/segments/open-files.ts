import type { Disk, DiskFile } from '../disk/disk.ts';

// Node syncs four files at a time; more that wait would only be kept open.
const maxSyncs = 8;

interface OpenFile {
  readonly file: DiskFile;
  /** A sync is under way; it stays open meanwhile. */
  isBusy: boolean;
  /** It is of no use any more once the sync has ended. */
  isForgotten: boolean;
}

/** Files that were used lately, open. Closes the one that was not used for longest. */
export class OpenFiles {
  readonly #disk: Disk;
  readonly #maxOpenFiles: number;
  /** By path, the one used last at the end. */
  readonly #open = new Map<string, OpenFile>();

  constructor(disk: Disk, maxOpenFiles: number) {
    this.#disk = disk;
    this.#maxOpenFiles = maxOpenFiles;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The file, to be used before anything else is asked for. */
  at(path: string): DiskFile {
    return this.#take(path).file;
  }

  /**
   * Syncs files, several at a time. Not to be called while it is under way. When it ends, also with
   * the first failure, no sync is under way any more.
   */
  async sync(paths: readonly string[]): Promise<void> {
    const left = paths.values();
    const syncs = Math.min(maxSyncs, this.#maxOpenFiles);
    const work = Array.from({ length: syncs }, () => this.#syncEach(left));
    const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  /** Closes a file, or all files below a directory. */
  close(path: string): void {
    for (const [each, open] of this.#open) {
      if (each !== path && !each.startsWith(`${path}/`)) continue;
      this.#open.delete(each);
      if (open.isBusy) open.isForgotten = true;
      else open.file.close();
    }
  }

  closeAll(): void {
    for (const { file } of this.#open.values()) file.close();
    this.#open.clear();
  }

  async #syncEach(paths: Iterable<string>): Promise<void> {
    for (const path of paths) {
      const open = this.#take(path);
      open.isBusy = true;
      try {
        await open.file.sync();
      } finally {
        open.isBusy = false;
        if (open.isForgotten) open.file.close();
      }
    }
  }

  #take(path: string): OpenFile {
    const known = this.#open.get(path);
    if (known !== undefined) this.#open.delete(path);
    else if (this.#open.size >= this.#maxOpenFiles) this.#closeOldest();
    const open = known ?? { file: this.#disk.open(path), isBusy: false, isForgotten: false };
    this.#open.set(path, open);
    return open;
  }

  /** Closes nothing when a sync is under way in every file: then there is one more for a while. */
  #closeOldest(): void {
    for (const [path, { file, isBusy }] of this.#open) {
      if (isBusy) continue;
      this.#open.delete(path);
      file.close();
      return;
    }
  }
}
