import { must } from '../../base/assert.ts';
import type { Disk, DiskFile } from './disk.ts';

/** Files on the heap: for logs that are gone when they are closed, and for tests. */
export class MemoryDisk implements Disk {
  readonly bootId = 'memory';
  readonly #files = new Map<string, MemoryFile>();

  list(directory: string): readonly string[] {
    const prefix = directory === '' ? '' : `${directory}/`;
    const below = [...this.#files.keys()].filter((path) => path.startsWith(prefix));
    return [
      ...new Set(below.map((path) => must(path.slice(prefix.length).split('/')[0], 'a part'))),
    ];
  }

  makeDirectory(): void {}

  sizeOf(path: string): number | undefined {
    return this.#files.get(path)?.sizeBytes;
  }

  open(path: string): DiskFile {
    const file = this.#files.get(path) ?? new MemoryFile();
    this.#files.set(path, file);
    return file;
  }

  rename(from: string, to: string): void {
    this.#files.set(to, must(this.#files.get(from), 'the log renames files that are there'));
    this.#files.delete(from);
  }

  remove(path: string): void {
    for (const each of this.#files.keys()) {
      if (each === path || each.startsWith(`${path}/`)) this.#files.delete(each);
    }
  }

  async syncDirectory(): Promise<void> {}

  locate(path: string): string {
    return `memory:${path}`;
  }

  release(): void {}
}

const initialBytes = 4096;

class MemoryFile implements DiskFile {
  #bytes = new Uint8Array(initialBytes);
  sizeBytes = 0;

  read(into: Uint8Array, at: number): number {
    const count = Math.max(Math.min(into.length, this.sizeBytes - at), 0);
    into.set(this.#bytes.subarray(at, at + count));
    return count;
  }

  write(parts: readonly Uint8Array[], at: number): void {
    let end = at;
    for (const bytes of parts) {
      const start = end;
      end += bytes.length;
      if (end > this.#bytes.length) this.#grow(end);
      this.#bytes.set(bytes, start);
    }
    this.sizeBytes = Math.max(this.sizeBytes, end);
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes > this.#bytes.length) this.#grow(sizeBytes);
    this.#bytes.fill(0, sizeBytes, this.sizeBytes);
    this.sizeBytes = sizeBytes;
  }

  async sync(): Promise<void> {}

  close(): void {}

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.sizeBytes));
    this.#bytes = grown;
  }
}
