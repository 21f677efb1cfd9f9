import { readFileSync } from 'node:fs';

const intervalMs = 100;

/** Watches what this process holds: anonymous memory plus JavaScript's external memory. */
export class MemorySampler {
  #peakBytes = 0;
  readonly #timer = setInterval(() => this.sample(), intervalMs);

  constructor() {
    this.sample();
    this.#timer.unref();
  }

  sample(): void {
    const bytes = anonymousBytes() + process.memoryUsage().external;
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }

  /** Ends it and returns the most that was seen, in bytes. */
  stop(): number {
    this.sample();
    clearInterval(this.#timer);
    return this.#peakBytes;
  }
}

/** As Linux counts them; elsewhere all resident memory. */
function anonymousBytes(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  const [, kilobytes = '0'] =
    /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
