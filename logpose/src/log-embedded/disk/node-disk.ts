import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { currentBootId } from '../../base/boot-id.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import type { Disk, DiskFile } from './disk.ts';
import { isMissing, whenDone, withReason } from './disk-failure.ts';

/**
 * Files below a directory of this machine, which belongs to this process until `release`.
 *
 * @throws {ConfigError} When another process owns the directory, or it cannot be made.
 */
export function openNodeDisk(directory: string): Disk {
  return new NodeDisk(directory, lockDirectory(directory));
}

class NodeDisk implements Disk {
  readonly bootId = currentBootId();
  readonly #directory: string;
  readonly #lock: DirectoryLock;

  constructor(directory: string, lock: DirectoryLock) {
    this.#directory = directory;
    this.#lock = lock;
  }

  list(directory: string): readonly string[] {
    const path = this.locate(directory);
    try {
      return fs.readdirSync(path);
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw withReason('list', path, cause);
    }
  }

  makeDirectory(directory: string): void {
    const path = this.locate(directory);
    whenDone('make', path, () => fs.mkdirSync(path, { recursive: true }));
  }

  sizeOf(path: string): number | undefined {
    const full = this.locate(path);
    return whenDone('look at', full, () => fs.statSync(full, { throwIfNoEntry: false })?.size);
  }

  open(path: string): DiskFile {
    const { O_RDWR, O_CREAT } = fs.constants;
    const full = this.locate(path);
    return new NodeFile(
      full,
      whenDone('open', full, () => fs.openSync(full, O_RDWR | O_CREAT)),
    );
  }

  rename(from: string, to: string): void {
    const path = this.locate(from);
    whenDone('rename', path, () => fs.renameSync(path, this.locate(to)));
  }

  remove(path: string): void {
    const full = this.locate(path);
    whenDone('remove', full, () => fs.rmSync(full, { recursive: true, force: true }));
  }

  async syncDirectory(directory: string): Promise<void> {
    // Windows cannot open directories, and keeps names without being asked.
    if (process.platform === 'win32') return;
    const path = this.locate(directory);
    const descriptor = whenDone('open', path, () => fs.openSync(path, 'r'));
    try {
      await fsync(descriptor);
    } catch (cause) {
      throw withReason('sync', path, cause);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  locate(path: string): string {
    return join(this.#directory, path);
  }

  release(): void {
    this.#lock.release();
  }
}

const fsync = promisify(fs.fsync);
const fdatasync = promisify(fs.fdatasync);

class NodeFile implements DiskFile {
  readonly #path: string;
  readonly #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  read(into: Uint8Array, at: number): number {
    return whenDone('read', this.#path, () => {
      let done = 0;
      while (done < into.length) {
        const count = fs.readSync(this.#descriptor, into, done, into.length - done, at + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  write(parts: readonly Uint8Array[], at: number): void {
    whenDone('write', this.#path, () => {
      const [only] = parts;
      const done =
        parts.length === 1 && only !== undefined
          ? fs.writeSync(this.#descriptor, only, 0, only.length, at)
          : fs.writevSync(this.#descriptor, parts, at);
      this.#writeRest(parts, done, at);
    });
  }

  truncate(sizeBytes: number): void {
    whenDone('cut', this.#path, () => fs.ftruncateSync(this.#descriptor, sizeBytes));
  }

  async sync(): Promise<void> {
    try {
      await fdatasync(this.#descriptor);
    } catch (cause) {
      throw withReason('sync', this.#path, cause);
    }
  }

  close(): void {
    fs.closeSync(this.#descriptor);
  }

  /** What one call did not take: rare, as when the disk is nearly full. */
  #writeRest(parts: readonly Uint8Array[], done: number, at: number): void {
    let start = 0;
    for (const part of parts) {
      for (let from = Math.max(done - start, 0); from < part.length; ) {
        from += fs.writeSync(this.#descriptor, part, from, part.length - from, at + start + from);
      }
      start += part.length;
    }
  }
}
