import type { Disk } from '../disk/disk.ts';
import type { OpenFiles } from '../segments/open-files.ts';

// What is read at once of a file, and of how many files: 16 MiB at most, but for larger requests.
const aheadBytes = 256 * 1024;
const maxChunks = 64;

interface Chunk {
  readonly startAt: number;
  readonly bytes: Uint8Array;
}

/** Reads files from front to back in small pieces, with few calls to the system. */
export class ReadAhead {
  readonly #parts: { readonly disk: Disk; readonly files: OpenFiles };
  readonly #chunks = new Map<string, Chunk>();

  constructor(parts: { readonly disk: Disk; readonly files: OpenFiles }) {
    this.#parts = parts;
  }

  /** A view of the bytes, valid until the next call; undefined when the file has fewer. */
  read(path: string, at: number, count: number): Uint8Array | undefined {
    const known = this.#chunks.get(path);
    const chunk =
      known !== undefined && has(known, at, count) ? known : this.#fill(path, at, count);
    if (!has(chunk, at, count)) return undefined;
    return chunk.bytes.subarray(at - chunk.startAt, at - chunk.startAt + count);
  }

  #fill(path: string, at: number, count: number): Chunk {
    const { disk, files } = this.#parts;
    // A file is not made by looking for it.
    if (disk.sizeOf(path) === undefined) return { startAt: at, bytes: new Uint8Array(0) };
    const buffer = this.#bufferFor(path, count);
    const found = files.at(path).read(buffer, at);
    const chunk = { startAt: at, bytes: buffer.subarray(0, found) };
    this.#chunks.delete(path);
    this.#chunks.set(path, chunk);
    return chunk;
  }

  /** The memory of the chunk before, or that of the file that was read longest ago. */
  #bufferFor(path: string, count: number): Uint8Array {
    const own = this.#chunks.get(path);
    const [oldest] = this.#chunks.keys();
    const isFull = own === undefined && this.#chunks.size >= maxChunks;
    const other = isFull && oldest !== undefined ? this.#chunks.get(oldest) : undefined;
    if (isFull && oldest !== undefined) this.#chunks.delete(oldest);
    const memory = (own ?? other)?.bytes.buffer;
    return memory !== undefined && memory.byteLength >= count
      ? new Uint8Array(memory)
      : new Uint8Array(Math.max(count, aheadBytes));
  }
}

function has({ startAt, bytes }: Chunk, at: number, count: number): boolean {
  return at >= startAt && at + count <= startAt + bytes.length;
}
