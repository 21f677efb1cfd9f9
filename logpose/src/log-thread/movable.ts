import { isMarkedAsUntransferable, type Transferable } from 'node:worker_threads';

/**
 * Bytes whose memory may go to another thread: the same ones, or a copy where the memory is shared
 * by design, as Node's pool of small buffers is.
 */
export function movable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(buffer)
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(bytes);
}

/** The memory behind several of them, each once. */
export function memoryOf(all: readonly Uint8Array[]): readonly Transferable[] {
  const buffers = all.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
  return [...new Set(buffers)];
}

/** The kind of view that the rest of the program expects; messages bring plain ones. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
