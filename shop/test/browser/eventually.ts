import { setTimeout as pause } from 'node:timers/promises';

/** How long a test waits for the page, the shop and the engine between them. */
const deadlineMs = 20_000;
const betweenLooksMs = 50;

/**
 * Looks again and again until the check passes, then gives what it found.
 *
 * @param check - Throws, or gives undefined, while it is too early.
 * @throws What the last look threw, when the deadline has passed.
 */
export async function eventually<T>(
  check: () => Promise<T | undefined>,
  withinMs: number = deadlineMs,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const outcome = await look(check);
    if (outcome.kind === 'found') return outcome.value;
    if (performance.now() > endMs) throw outcome.reason;
    await pause(betweenLooksMs);
  }
}

type Look<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'too-early'; readonly reason: unknown };

async function look<T>(check: () => Promise<T | undefined>): Promise<Look<T>> {
  try {
    const value = await check();
    const reason = new Error('nothing was found within the deadline');
    return value === undefined ? { kind: 'too-early', reason } : { kind: 'found', value };
  } catch (reason) {
    // Too early to tell: the caller sees the last reason if it never gets better.
    return { kind: 'too-early', reason };
  }
}
