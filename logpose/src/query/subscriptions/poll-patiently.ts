import { pause, type Timers } from '../../base/clock.ts';
import { LogUnavailableError } from '../../errors/log-errors.ts';
import type { FetchedBatches, LogConsumer } from '../../log/log-port.ts';

/** How long a poll waits, and whether somebody still waits for it. */
export interface PatientPoll {
  readonly timeoutMs: number;
  isWanted(): boolean;
}

const retryDelayMs = 250;
const maxRetries = 40;

/**
 * Polls, and tries again for ten seconds while the log can't be reached.
 *
 * @throws {LogUnavailableError} When that was not enough, or trying again would not help.
 */
export async function pollPatiently(
  consumer: LogConsumer,
  timers: Timers,
  { timeoutMs, isWanted }: PatientPoll,
): Promise<readonly FetchedBatches[]> {
  for (let retries = 0; ; retries++) {
    try {
      return await consumer.poll(timeoutMs);
    } catch (error) {
      const mayRetry = error instanceof LogUnavailableError && error.retriable && isWanted();
      if (!mayRetry || retries >= maxRetries) throw error;
      await pause(timers, retryDelayMs);
    }
  }
}
