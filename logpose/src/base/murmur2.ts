const multiplier = 0x5bd1e995;
const seed = 0x9747b28c;

/** MurmurHash2, 32 bits, with Kafka's seed. Signed, as Kafka's Java code has it. */
export function murmur2(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = seed ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) hash = mixWord(hash, wordAt(bytes, at));
  if (at < end) hash = Math.imul(hash ^ tailAt(bytes, at, end), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

/** The last one to three bytes. */
function tailAt(bytes: Uint8Array, start: number, end: number): number {
  let tail = 0;
  for (let at = end - 1; at >= start; at--) tail = (tail << 8) | (bytes[at] ?? 0);
  return tail;
}

function mixWord(hash: number, word: number): number {
  const scaled = Math.imul(word, multiplier);
  return Math.imul(hash, multiplier) ^ Math.imul(scaled ^ (scaled >>> 24), multiplier);
}
