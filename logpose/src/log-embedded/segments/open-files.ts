import type { Disk, DiskFile } from '../disk/disk.ts';

interface OpenFile {
  readonly file: DiskFile;
  /** How many syncs are under way; it stays open meanwhile. */
  users: number;
  /** It is of no use any more once they have ended. */
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

  async sync(path: string): Promise<void> {
    const open = this.#take(path);
    open.users++;
    try {
      await open.file.sync();
    } finally {
      open.users--;
      if (open.isForgotten && open.users === 0) open.file.close();
    }
  }

  /** Closes a file, or all files below a directory. */
  close(path: string): void {
    for (const [each, open] of this.#open) {
      if (each !== path && !each.startsWith(`${path}/`)) continue;
      this.#open.delete(each);
      if (open.users === 0) open.file.close();
      else open.isForgotten = true;
    }
  }

  closeAll(): void {
    for (const { file } of this.#open.values()) file.close();
    this.#open.clear();
  }

  #take(path: string): OpenFile {
    const known = this.#open.get(path);
    const open = known ?? { file: this.#disk.open(path), users: 0, isForgotten: false };
    if (known !== undefined) this.#open.delete(path);
    this.#open.set(path, open);
    if (known === undefined && this.#open.size > this.#maxOpenFiles) this.#closeOldest();
    return open;
  }

  #closeOldest(): void {
    for (const [path, { file, users }] of this.#open) {
      if (users > 0) continue;
      this.#open.delete(path);
      file.close();
      return;
    }
  }
}
