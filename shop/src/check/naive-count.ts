import { Fields } from './fields.ts';
import { Ledger } from './ledger.ts';
import { NaiveDays } from './naive-day.ts';
import type { RawRecord } from './raw-log.ts';
import type { Refused } from './refused-records.ts';

/** What the naive count needs to know of the world. */
export interface NaiveOptions {
  readonly zones: readonly string[];
  readonly refused: Refused;
}

/** Counts the records of the event topics with plain maps, one by one. */
export class NaiveCount {
  readonly ledger = new Ledger('log');
  readonly ids = new Set<string>();
  readonly #options: NaiveOptions;
  readonly #days: readonly { readonly zone: string; readonly calendar: NaiveDays }[];
  /** By zone, then by `code|day`: a number for each group of a day. */
  readonly #dayCounts = new Map<string, Map<string, number[]>>();
  readonly #reservations = new Map<string, Reservation>();

  constructor(options: NaiveOptions) {
    this.#options = options;
    this.#days = options.zones.map((zone) => ({ zone, calendar: new NaiveDays(zone) }));
    for (const group of totalGroups) this.ledger.know(group);
    for (const zone of options.zones) this.ledger.know(`days ${zone}`);
  }

  /** Counts a record, unless the topology has put it aside. */
  record({ topic, partition, offset, key, value, timestamp }: RawRecord): void {
    if (this.#options.refused.dead.has(`${topic}/${partition}/${offset}`)) return;
    if (key === null || value === null) throw new Error(`${topic}/${partition}/${offset} is null`);
    const text = Buffer.from(value).toString('utf8');
    if (text.replaceAll('"', '') !== wordOfView) this.event(Fields.parse(text));
    // Nothing before 1970 is counted.
    else if (timestamp >= 0) this.event(oldView({ partition, offset, key, timestamp }));
  }

  event(event: Fields): void {
    const type = event.text('type') ?? '';
    const id = event.text('id') ?? '';
    if (this.ids.has(id)) this.ledger.add('events seen twice', id, 1);
    this.ids.add(id);
    this.ledger.add('events', type, 1);
    const changes = changesOf(type, event);
    const code = event.text('productCode') ?? '';
    for (const [group, by] of changes) this.ledger.add(group, code, by);
    for (const { zone, calendar } of dayEventTypes.has(type) ? this.#days : []) {
      if (this.#options.refused.late.get(zone)?.has(id) === true) continue;
      const day = calendar.dayOf(event.number('occurredAt'));
      const counts = this.#countsOf(zone, `${code}|${day}`);
      for (const [group, by] of changes) {
        const at = dayGroups.indexOf(group);
        if (at >= 0) counts[at] = (counts[at] ?? 0) + by;
      }
    }
    if (type.startsWith('reservation.')) this.#settle(type, event);
  }

  /** Counts the reservations by what has become of them. Called once, behind the last event. */
  finish(): Ledger {
    for (const { code, isMade, confirmedAt, cancelledAt, reason } of this.#reservations.values()) {
      if (!isMade) continue;
      const isOpen = Math.min(confirmedAt, cancelledAt) === Number.POSITIVE_INFINITY;
      const isConfirmed = !isOpen && confirmedAt <= cancelledAt;
      const isCancelled = !isOpen && !isConfirmed;
      this.ledger.add('pending now', code, isOpen ? 1 : 0);
      this.ledger.add('confirmed now', code, isConfirmed ? 1 : 0);
      this.ledger.add('cancelled now', code, isCancelled ? 1 : 0);
      this.ledger.add('expired now', code, isCancelled && reason === 'EXPIRED' ? 1 : 0);
    }
    for (const [zone, days] of this.#dayCounts) {
      for (const [key, counts] of days) this.ledger.set(`days ${zone}`, key, dayText(counts));
    }
    return this.ledger;
  }

  #countsOf(zone: string, key: string): number[] {
    const days = this.#dayCounts.get(zone) ?? new Map<string, number[]>();
    this.#dayCounts.set(zone, days);
    const counts = days.get(key) ?? dayGroups.map(() => 0);
    days.set(key, counts);
    return counts;
  }

  #settle(type: string, event: Fields): void {
    const id = event.text('reservationId');
    if (id === undefined) return;
    const never = Number.POSITIVE_INFINITY;
    const row = this.#reservations.get(id) ?? {
      code: event.text('productCode') ?? '',
      isMade: false,
      confirmedAt: never,
      cancelledAt: never,
      reason: '',
    };
    this.#reservations.set(id, row);
    const at = event.number('occurredAt');
    if (type === 'reservation.created') row.isMade = true;
    if (type === 'reservation.confirmed') row.confirmedAt = Math.min(row.confirmedAt, at);
    if (type !== 'reservation.cancelled' || at >= row.cancelledAt) return;
    row.cancelledAt = at;
    row.reason = event.text('reason') ?? '';
  }
}

/** Every group with a number per treasure. */
export const totalGroups = [
  'views',
  'orders',
  'order units',
  'revenue',
  'order cancels',
  'cancelled units',
  'reservations',
  'reserved pieces',
  'confirmed',
  'cancelled',
  'expired',
  'pending now',
  'confirmed now',
  'cancelled now',
  'expired now',
  'restock',
  'restock units',
  'damage',
  'damage units',
  'bad-debt',
  'bad-debt units',
] as const;

/** What a day's row counts, in the order of its text. */
export const dayGroups: readonly string[] = [
  'views',
  'orders',
  'order units',
  'revenue',
  'order cancels',
  'cancelled units',
  'reservations',
  'confirmed',
  'cancelled',
];

/** A day's numbers as one text, so that a year of days stays small. */
export function dayText(counts: readonly number[]): string {
  return counts.join(' ');
}

const dayEventTypes = new Set([
  'product.viewed',
  'order.created',
  'order.cancelled',
  'reservation.created',
  'reservation.confirmed',
  'reservation.cancelled',
]);

/** What a view was before it had a form of its own: its treasure is the key. */
const wordOfView = 'PRODUCT_VIEW_COUNT_EVENT';

function oldView({ partition, offset, key, timestamp }: Omit<RawRecord, OldViewLacks>): Fields {
  const [place, within] = [partition.toString(16), offset.toString(16)];
  return new Fields({
    type: 'product.viewed',
    id: `${place.padStart(8, '0')}-0000-8000-8000-${within.padStart(12, '0')}`,
    occurredAt: timestamp,
    productCode: Buffer.from(key ?? []).toString('utf8'),
  });
}

type OldViewLacks = 'topic' | 'value' | 'headers';

interface Reservation {
  readonly code: string;
  isMade: boolean;
  confirmedAt: number;
  cancelledAt: number;
  reason: string;
}

function changesOf(type: string, event: Fields): readonly (readonly [string, number])[] {
  const quantity = event.number('quantity');
  const paid = quantity * event.number('unitPrice');
  const reason = event.text('reason') ?? '';
  switch (type) {
    case 'product.viewed':
      return [['views', 1]];
    case 'order.created':
      return [
        ['orders', 1],
        ['order units', quantity],
        ['revenue', paid],
      ];
    case 'order.cancelled':
      return [
        ['order cancels', 1],
        ['cancelled units', quantity],
        ['revenue', -paid],
      ];
    case 'reservation.created':
      return [
        ['reservations', 1],
        ['reserved pieces', quantity],
      ];
    case 'reservation.confirmed':
      return [['confirmed', 1]];
    case 'reservation.cancelled':
      return [
        ['cancelled', 1],
        ['expired', reason === 'EXPIRED' ? 1 : 0],
      ];
    case 'stock.adjusted':
      return [
        [reason, 1],
        [`${reason} units`, Math.abs(event.number('delta'))],
      ];
    default:
      return [];
  }
}
