import { readFileSync } from 'node:fs';
import type { BenchRow } from './report.ts';

const intervalMs = 100;

/**
 * Watches what this process holds: anonymous memory plus JavaScript's external memory.
 *
 * External memory (array buffers and what native code keeps for them) is for the most part
 * anonymous already and so counts twice: the sum is an upper bound. `peakAnonymousBytes` is what
 * the process really had.
 */
export class MemorySampler {
  #peakBytes = 0;
  #peakAnonymousBytes = 0;
  readonly #timer = setInterval(() => this.sample(), intervalMs);

  constructor() {
    this.sample();
    this.#timer.unref();
  }

  sample(): void {
    const anonymous = anonymousBytes();
    this.#peakAnonymousBytes = Math.max(this.#peakAnonymousBytes, anonymous);
    const bytes = anonymous + process.memoryUsage().external;
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }

  /** Ends it and returns the most that was seen. */
  stop(): Required<Pick<BenchRow, 'peakBytes' | 'peakAnonymousBytes'>> {
    this.sample();
    clearInterval(this.#timer);
    return { peakBytes: this.#peakBytes, peakAnonymousBytes: this.#peakAnonymousBytes };
  }
}

/** As Linux counts them; elsewhere all resident memory. */
function anonymousBytes(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  const [, kilobytes = '0'] =
    /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
