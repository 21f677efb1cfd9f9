import { randomFillSync } from 'node:crypto';

/** Time, timers and chance, injected everywhere so that tests can move them. */
export interface Surroundings {
  /** Wall-clock time in milliseconds since 1970. May jump. */
  nowMs(): number;
  /** Calls `run` once, `delayMs` from now; the returned function prevents it. */
  after(delayMs: number, run: () => void): () => void;
  /** Fills `bytes` with chance and returns them. */
  randomBytes(bytes: Uint8Array): Uint8Array;
}

/** The operating system's clock and randomness, and Node's timers. */
export const system: Surroundings = {
  nowMs: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  randomBytes: takeRandom,
};

// A draw costs the system a call, which for sixteen bytes is nearly all of it.
const pool = new Uint8Array(4_096);
let used = pool.length;

function takeRandom(bytes: Uint8Array): Uint8Array {
  if (bytes.length > pool.length) return randomFillSync(bytes);
  if (used + bytes.length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  bytes.set(pool.subarray(used, used + bytes.length));
  // What was given out is given out once.
  pool.fill(0, used, used + bytes.length);
  used += bytes.length;
  return bytes;
}
