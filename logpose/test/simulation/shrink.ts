import type { SimulationSettings } from './settings.ts';

/**
 * Makes a failing run smaller, one setting after the other, as long as it fails.
 *
 * @param fails - Whether a run with these settings fails in the same way.
 */
export async function shrink(
  settings: SimulationSettings,
  fails: (settings: SimulationSettings) => Promise<boolean>,
): Promise<SimulationSettings> {
  let smallest = settings;
  for (let hasShrunk = true; hasShrunk; ) {
    hasShrunk = false;
    for (const smaller of smallerThan(smallest)) {
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

function* smallerThan(settings: SimulationSettings): Generator<SimulationSettings> {
  const { inputTransactions: count, crashes, restarts, partitions, instances, odds } = settings;
  for (const by of [count >> 1, count >> 2, count >> 3, 1]) {
    if (by > 0 && by < count) yield { ...settings, inputTransactions: count - by };
  }
  if (crashes > 0) yield { ...settings, crashes: crashes - 1 };
  if (restarts > 0) yield { ...settings, restarts: restarts - 1 };
  if (settings.standbys > 0) yield { ...settings, standbys: settings.standbys - 1 };
  if (instances > 1) yield { ...settings, instances: instances - 1 };
  if (partitions > 1) yield { ...settings, partitions: partitions - 1 };
  for (const [name, odd] of Object.entries(odds)) {
    if (odd > 0) yield { ...settings, odds: { ...odds, [name]: 0 } };
  }
}
