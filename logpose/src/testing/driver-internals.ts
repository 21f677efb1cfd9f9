import { must } from '../base/assert.ts';

/** What a driver can be told by tests of this library only. */
export interface DriverInternals {
  /** As the application's option. Default 0. */
  readonly maxTaskIdleMs?: number;
}

const internals = new WeakMap<object, DriverInternals>();
const holders = new WeakMap<object, (sending: () => void) => void>();

/** The same options, with limits of the caller's. */
export function withDriverInternals<Options extends object>(
  options: Options,
  given: DriverInternals,
): Options {
  const copy = { ...options };
  internals.set(copy, given);
  return copy;
}

/** What options were given besides. */
export function driverInternalsOf(options: object): DriverInternals {
  return internals.get(options) ?? {};
}

/** Queues what is sent while `sending` runs; only then is all of it processed. */
export function sendTogether(driver: object, sending: () => void): void {
  must(holders.get(driver), 'every driver can hold records back')(sending);
}

/** Says how a driver holds records back. */
export function holdsBack(driver: object, hold: (sending: () => void) => void): void {
  holders.set(driver, hold);
}
