import type { Surroundings } from '../domain/surroundings.ts';
import type { Sql } from './open-sql.ts';

/** How often reservations whose day is over are looked for. */
export const expiryIntervalMs = 5_000;
/** How many of them are cancelled at a time. */
export const maxExpiredAtOnce = 100;
const forgetEvery = 720;

/** Something that runs until it is stopped. */
export interface Running {
  /** Resolves when its last round is over. */
  stop(): Promise<void>;
}

/**
 * Cancels, every five seconds, reservations that nobody decided by the end of their day, and once
 * an hour forgets old idempotency keys. A failed round is reported, and the next one tries again.
 */
export function startExpiry(
  sql: Sql,
  surroundings: Surroundings,
  onError: (error: unknown) => void,
): Running {
  let round = 0;
  let running: Promise<void> = Promise.resolve();
  let cancel: (() => void) | undefined;
  const run = (): void => {
    running = expireDue(sql, surroundings.nowMs())
      .then(() => (round++ % forgetEvery === 0 ? sql.forgetOldKeys() : undefined))
      .catch(onError)
      .finally(next);
  };
  const next = (): void => {
    if (!stopped) cancel = surroundings.after(expiryIntervalMs, run);
  };
  let stopped = false;
  run();
  return {
    stop: async () => {
      stopped = true;
      cancel?.();
      await running;
    },
  };
}

/** Cancels the reservations that are due at `nowMs`, as `EXPIRED`. */
export async function expireDue(sql: Sql, nowMs: number): Promise<void> {
  const due = await sql.reads.dueReservations(nowMs, maxExpiredAtOnce);
  // Another instance may be quicker with some: then the decision is refused, and that is fine.
  await Promise.all(
    due.map((reservationId) =>
      sql.writes.submit({
        command: { kind: 'cancel-reservation', reservationId, reason: 'EXPIRED' },
        source: 'system',
      }),
    ),
  );
}
