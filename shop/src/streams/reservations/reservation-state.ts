import { json, type StoredTable, utf8 } from 'logpose';
import type { EventOf } from '../../events/event-schemas.ts';
import { parseAnyEvent } from '../../events/parse-any-event.ts';
import { type ReservationState, reservationStateSerde } from '../rows.ts';
import type { Sources } from '../sources.ts';

/** Any event of a reservation's life. */
export type ReservationEvent =
  | EventOf<'reservation.created'>
  | EventOf<'reservation.confirmed'>
  | EventOf<'reservation.cancelled'>;

/**
 * What is the state of each reservation? Keyed by its id, through a repartition topic. Events that
 * name no reservation are left out.
 */
export function reservationState(
  sources: Pick<Sources, ReservationEvent['type']>,
): StoredTable<string, ReservationState> {
  return sources['reservation.created']
    .merge(sources['reservation.confirmed'])
    .merge(sources['reservation.cancelled'])
    .filter((event) => event.reservationId !== undefined, { node: 'with-reservation-id' })
    .groupBy((event) => event.reservationId, {
      name: 'reservation-by-id',
      key: utf8,
      value: json(parseReservationEvent),
    })
    .aggregate(
      { initialize: () => ({}), add: learn },
      { name: 'reservation-store', node: 'reservation-state', value: reservationStateSerde },
    );
}

/**
 * Adds what one event says. Only the smallest of each field is kept, so neither the order of the
 * three topics nor a record that is seen again changes the result.
 */
export function learn(state: ReservationState, event: ReservationEvent): ReservationState {
  const known = {
    ...state,
    code: least(state.code, event.productCode),
    quantity: least(state.quantity, event.quantity),
  };
  switch (event.type) {
    case 'reservation.created':
      return { ...known, createdAt: least(state.createdAt, event.occurredAt) };
    case 'reservation.confirmed':
      return { ...known, confirmedAt: least(state.confirmedAt, event.occurredAt) };
    case 'reservation.cancelled':
      return { ...known, ...cancellation(state, event) };
  }
}

/** Where a reservation stands: of two decisions the earlier one, or else the confirmation. */
export function statusOf(state: ReservationState): 'PENDING' | 'CONFIRMED' | 'CANCELLED' {
  const { confirmedAt = Number.POSITIVE_INFINITY, cancelledAt = Number.POSITIVE_INFINITY } = state;
  if (Math.min(confirmedAt, cancelledAt) === Number.POSITIVE_INFINITY) return 'PENDING';
  return confirmedAt <= cancelledAt ? 'CONFIRMED' : 'CANCELLED';
}

function cancellation(
  { cancelledAt, reason }: ReservationState,
  event: EventOf<'reservation.cancelled'>,
): Pick<ReservationState, 'cancelledAt' | 'reason'> {
  if (cancelledAt === undefined || reason === undefined || event.occurredAt < cancelledAt) {
    return { cancelledAt: event.occurredAt, reason: event.reason };
  }
  return {
    cancelledAt,
    reason: event.occurredAt === cancelledAt ? least(reason, event.reason) : reason,
  };
}

function least<T extends string | number>(known: T | undefined, told: T): T {
  return known === undefined || told < known ? told : known;
}

function parseReservationEvent(value: unknown): ReservationEvent {
  const event = parseAnyEvent(value);
  switch (event.type) {
    case 'reservation.created':
    case 'reservation.confirmed':
    case 'reservation.cancelled':
      return event;
    default:
      throw new TypeError(`not an event of a reservation: ${event.type}`);
  }
}
