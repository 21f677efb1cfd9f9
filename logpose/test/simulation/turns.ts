import { setImmediate } from 'node:timers/promises';

/** Lets everyone else have so many turns of the event loop. No time passes. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}
