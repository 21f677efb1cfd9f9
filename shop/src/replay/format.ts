import type { ShopEvent } from '../events/event-schemas.ts';

/** How the rows of one kind of file become events. */
export interface ReplayFormat {
  readonly name: 'online-retail' | 'rees46';
  /** What the file is and whom to thank for it. */
  readonly title: string;
  /** The header line, in this order. */
  readonly columns: readonly string[];
  /** ISO 4217; `XXX` where the source names none. */
  readonly currency: string;
  /** Digits behind the point of a price in the file's smallest unit. */
  readonly priceDigits: number;
  /** @throws {RowError} When the row says something the format does not know. */
  readonly toEvent: (row: readonly string[], about: RowContext) => ReplayedEvent;
}

/** What an event needs besides its row. */
export interface RowContext {
  /** Derived from the file and the row's number: the same in each run. */
  readonly id: string;
  /** Reads a time of the file, in milliseconds since 1970. */
  readonly instant: (text: string) => number;
}

/** An event, and what kind of row it was in the file's own words. */
export interface ReplayedEvent {
  readonly kind: string;
  readonly event: ShopEvent;
}

/** A row that cannot be an event. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** The integer a price is in smallest units: `2.55` with three digits is 2550. */
export function priceOf(text: string, digits: number): number {
  const price = Math.round(Number(text) * 10 ** digits);
  if (text === '' || !Number.isSafeInteger(price)) throw new RowError('the price is no number');
  return price;
}

/** An integer; what else it says is refused. */
export function integerOf(text: string, what: string): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value)) throw new RowError(`${what} is no integer`);
  return value;
}
