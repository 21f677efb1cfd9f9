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
  randomBytes: (bytes) => randomFillSync(bytes),
};
