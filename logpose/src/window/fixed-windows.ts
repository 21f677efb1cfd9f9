import { problemOfDuration, refuseProblems } from './problem-of-duration.ts';
import type { TimeWindows, UnlimitedWindows } from './window.ts';
import type { WindowDefinition } from './window-definition.ts';

/**
 * Fixed-size windows that neither overlap nor leave gaps, aligned to 1970 UTC.
 *
 * A window takes late records until stream time reaches `endMs + graceMs`. There is no default
 * grace: how late is too late is a business decision (KIP-633).
 *
 * @throws {ConfigError} When `sizeMs < 1` or `graceMs < 0`.
 */
export function tumbling(options: {
  readonly sizeMs: number;
  readonly graceMs: number;
}): TimeWindows {
  const { sizeMs, graceMs } = options;
  refuseProblems([
    problemOfDuration('sizeMs', sizeMs, 1),
    problemOfDuration('graceMs', graceMs, 0),
  ]);
  return new FixedWindows('tumbling', { sizeMs, advanceMs: sizeMs, graceMs });
}

/**
 * Fixed-size windows that start every `advanceMs` and overlap: a record is in several of them.
 *
 * @throws {ConfigError} When `sizeMs < 1`, `graceMs < 0`, or `advanceMs` is not in
 *   `[1, sizeMs]`.
 */
export function hopping(options: {
  readonly sizeMs: number;
  readonly advanceMs: number;
  readonly graceMs: number;
}): TimeWindows {
  const { sizeMs, advanceMs, graceMs } = options;
  refuseProblems([
    problemOfDuration('sizeMs', sizeMs, 1),
    problemOfDuration('advanceMs', advanceMs, 1),
    advanceMs > sizeMs
      ? `advanceMs (${advanceMs}) is more than sizeMs (${sizeMs}): records between two windows ` +
        'would be in none, so make it at most sizeMs'
      : undefined,
    problemOfDuration('graceMs', graceMs, 0),
  ]);
  return new FixedWindows('hopping', { sizeMs, advanceMs, graceMs });
}

/**
 * Everything since `startMs` (0), for ever. Earlier records are dropped.
 *
 * @throws {ConfigError} When `startMs < 0`.
 */
export function unlimited(options: { readonly startMs?: number } = {}): UnlimitedWindows {
  const { startMs = 0 } = options;
  refuseProblems([problemOfDuration('startMs', startMs, 0)]);
  return new OneWindow(startMs);
}

class FixedWindows implements TimeWindows, WindowDefinition {
  readonly kind: 'tumbling' | 'hopping';
  readonly sizeMs: number;
  readonly maxSizeMs: number;
  readonly advanceMs: number;
  readonly graceMs: number;

  constructor(
    kind: 'tumbling' | 'hopping',
    times: { readonly sizeMs: number; readonly advanceMs: number; readonly graceMs: number },
  ) {
    this.kind = kind;
    this.sizeMs = times.sizeMs;
    this.maxSizeMs = times.sizeMs;
    this.advanceMs = times.advanceMs;
    this.graceMs = times.graceMs;
  }

  firstStartMs(timeMs: number): number {
    // No window starts before 1970, as on the JVM.
    const after = Math.max(0, timeMs - this.sizeMs + this.advanceMs);
    return after - (after % this.advanceMs);
  }

  nextStartMs(startMs: number): number {
    return startMs + this.advanceMs;
  }

  endMs(startMs: number): number {
    return startMs + this.sizeMs;
  }
}

class OneWindow implements UnlimitedWindows, WindowDefinition {
  readonly kind = 'unlimited';
  readonly startMs: number;
  readonly sizeMs = Number.POSITIVE_INFINITY;
  readonly maxSizeMs = Number.POSITIVE_INFINITY;
  readonly graceMs = 0;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  firstStartMs(): number {
    return this.startMs;
  }

  nextStartMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  endMs(): number {
    return Number.POSITIVE_INFINITY;
  }
}
