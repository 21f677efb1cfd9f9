import { type KStream, keyValueStore, type Serde, type StoreHandle, utf8 } from 'logpose';
import { addDays, dayOf, startOfDayMs } from '../domain/zoned-day.ts';
import { type Lateness, latenessSerde } from './rows.ts';

/** The one key of the store that counts late events. */
export const latenessKey = 'lateness';
/** The header that says for which zone's day an event came too late. */
export const lateHeader = 'shop.late.zone';

/** What is late, and how the parts of the split are called. */
export interface LateOptions<V> {
  readonly zone: string;
  readonly lateWindowMs: number;
  /** Behind the names of stores and nodes. */
  readonly suffix: string;
  readonly value: Serde<V>;
}

/** A stream's events by whether their day still takes them. */
export interface LateSplit<V> {
  readonly late: KStream<string, V>;
  readonly inTime: KStream<string, V>;
  readonly lateness: StoreHandle<'key-value', string, Lateness>;
}

/**
 * Takes out the events whose day ended more than `lateWindowMs` of event time ago, and counts them.
 *
 * By the same rule as the window behind it, whose own clock is never ahead of this one: so the
 * window drops nothing that was not counted here.
 */
export function splitLate<V>(events: KStream<string, V>, options: LateOptions<V>): LateSplit<V> {
  const { zone, lateWindowMs, suffix, value: serde } = options;
  const lateness = keyValueStore({
    name: `lateness-store.${suffix}`,
    key: utf8,
    value: latenessSerde,
  });
  const isLate = (timestamp: number, clockMs: number): boolean => {
    const closedMs = clockMs - lateWindowMs;
    // Most events are newer than that, and so is the end of their day.
    return timestamp < closedMs && endOfDayMs(timestamp, zone) <= closedMs;
  };
  const lateNode = `late.${suffix}`;
  const inTimeNode = `in-time.${suffix}`;
  const split = events.processValues({
    node: `lateness.${suffix}`,
    stores: { lateness },
    output: { value: serde },
    init: ({ stores, forward }) => {
      return ({ value, timestamp, headers }) => {
        const before = stores.lateness.get(latenessKey);
        const clockMs = Math.max(before?.clockMs ?? timestamp, timestamp);
        const comesLate = isLate(timestamp, clockMs);
        if (comesLate || before === undefined || clockMs > before.clockMs) {
          const late = (before?.late ?? 0) + (comesLate ? 1 : 0);
          stores.lateness.put(latenessKey, { clockMs, late });
        }
        if (comesLate) forward.to(lateNode, { value, headers: headers.with(lateHeader, zone) });
        else forward.to(inTimeNode, { value });
      };
    },
  });
  return {
    late: split.filter(() => true, { node: lateNode }),
    inTime: split.filter(() => true, { node: inTimeNode }),
    lateness,
  };
}

function endOfDayMs(timestamp: number, zone: string): number {
  return startOfDayMs(addDays(dayOf(timestamp, zone), 1), zone);
}
