import type { Log } from 'logpose';
import type { Surroundings } from './domain/surroundings.ts';
import { readToEnd } from './read-to-end.ts';
import type { Witness } from './stats/counts.ts';
import type { ShopTopics } from './topics.ts';

/** The clock of a world whose events are old: it stands where the last one happened. */
export async function stoppedClock(
  log: Log,
  { replayPosition }: ShopTopics,
): Promise<Pick<Surroundings, 'nowMs'>> {
  let lastMs = 0;
  await readToEnd(log, replayPosition, ({ value }) => {
    lastMs = Math.max(lastMs, value.lastOccurredAt);
  });
  return { nowMs: () => lastMs };
}

/** Sees nobody: a visitor of today must not move the time of a world whose events are old. */
export const blindWitness: Witness = {
  viewed: async () => undefined,
  presence: () => undefined,
};
