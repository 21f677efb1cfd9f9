/** Where time comes from. Injected everywhere, so that tests and simulations can move it. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970. May jump. */
  nowMs(): number;
}

/** Calls back later. Injected like the clock. */
export interface Timers {
  /**
   * Calls `run` once, `delayMs` from now; the returned function prevents it.
   *
   * @param whileWaiting - What it means to a process that has nothing else to do. Default
   *   `'keeps-alive'`.
   */
  after(delayMs: number, run: () => void, whileWaiting?: 'keeps-alive' | 'lets-end'): () => void;
}

/** What the runtime knows of the outside world besides the log and the stores. */
export interface Surroundings extends Clock, Timers {
  /** A number in [0, 1), for jitter and generated ids. */
  random(): number;
}

/** The operating system's clock, Node's timers and `Math.random`. */
export const system: Surroundings = {
  nowMs: () => Date.now(),
  after: (delayMs, run, whileWaiting = 'keeps-alive') => {
    const timer = setTimeout(run, delayMs);
    if (whileWaiting === 'lets-end') timer.unref();
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** Resolves after `delayMs`. */
export function pause(timers: Timers, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(delayMs, resolve);
  });
}
