const polynomial = 0x82f63b78;
const slices = 16;
// Below this, looking at the memory as 32-bit words costs more than it saves.
const minWordBytes = 256;
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** `tables[256 × n + b]`: the remainder of byte `b` followed by `n` zero bytes. */
const tables = makeTables();

/**
 * CRC-32C (Castagnoli), as an unsigned number; what Kafka's batches carry.
 *
 * Slicing by 16, over 32-bit words where the bytes are many. `bench/pipeline.ts` decodes with it
 * and without.
 *
 * @param seed - The CRC of the bytes before these, to go on from it.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, seed = 0): number {
  let crc = ~seed;
  let at = start;
  if (littleEndian && end - start >= minWordBytes) {
    const aligned = start + (-(bytes.byteOffset + start) & 3);
    crc = overBytes(crc, bytes, at, aligned);
    const blocks = (end - aligned) >>> 4;
    crc = overWords(crc, new Int32Array(bytes.buffer, bytes.byteOffset + aligned, blocks * 4));
    at = aligned + blocks * 16;
  }
  return ~overBytes(crc, bytes, at, end) >>> 0;
}

/** `words.length` is a multiple of four. */
function overWords(seed: number, words: Int32Array): number {
  const t = tables;
  let crc = seed;
  for (let at = 0; at + 3 < words.length; at += 4) {
    const a = (words[at] ?? 0) ^ crc;
    const b = words[at + 1] ?? 0;
    const c = words[at + 2] ?? 0;
    const d = words[at + 3] ?? 0;
    crc =
      (t[3840 + (a & 255)] ?? 0) ^
      (t[3584 + ((a >>> 8) & 255)] ?? 0) ^
      (t[3328 + ((a >>> 16) & 255)] ?? 0) ^
      (t[3072 + (a >>> 24)] ?? 0) ^
      (t[2816 + (b & 255)] ?? 0) ^
      (t[2560 + ((b >>> 8) & 255)] ?? 0) ^
      (t[2304 + ((b >>> 16) & 255)] ?? 0) ^
      (t[2048 + (b >>> 24)] ?? 0) ^
      (t[1792 + (c & 255)] ?? 0) ^
      (t[1536 + ((c >>> 8) & 255)] ?? 0) ^
      (t[1280 + ((c >>> 16) & 255)] ?? 0) ^
      (t[1024 + (c >>> 24)] ?? 0) ^
      (t[768 + (d & 255)] ?? 0) ^
      (t[512 + ((d >>> 8) & 255)] ?? 0) ^
      (t[256 + ((d >>> 16) & 255)] ?? 0) ^
      (t[d >>> 24] ?? 0);
  }
  return crc;
}

function overBytes(seed: number, bytes: Uint8Array, start: number, end: number): number {
  const t = tables;
  let crc = seed;
  let at = start;
  for (; at + 7 < end; at += 8) {
    crc =
      (t[1792 + ((crc ^ (bytes[at] ?? 0)) & 255)] ?? 0) ^
      (t[1536 + (((crc >>> 8) ^ (bytes[at + 1] ?? 0)) & 255)] ?? 0) ^
      (t[1280 + (((crc >>> 16) ^ (bytes[at + 2] ?? 0)) & 255)] ?? 0) ^
      (t[1024 + ((crc >>> 24) ^ (bytes[at + 3] ?? 0))] ?? 0) ^
      (t[768 + (bytes[at + 4] ?? 0)] ?? 0) ^
      (t[512 + (bytes[at + 5] ?? 0)] ?? 0) ^
      (t[256 + (bytes[at + 6] ?? 0)] ?? 0) ^
      (t[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < end; at++) crc = (t[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  return crc;
}

function makeTables(): Int32Array {
  const made = new Int32Array(slices * 256);
  for (let byte = 0; byte < 256; byte++) made[byte] = remainder(byte);
  for (let index = 256; index < made.length; index++) {
    const before = made[index - 256] ?? 0;
    made[index] = (before >>> 8) ^ (made[before & 255] ?? 0);
  }
  return made;
}

function remainder(byte: number): number {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
  return rest;
}
