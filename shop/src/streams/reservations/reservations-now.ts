import { type StoredTable, utf8 } from 'logpose';
import type { ShopTopics } from '../../topics.ts';
import {
  type ReservationState,
  type ReservationsNow,
  reservationStateSerde,
  reservationsNowSerde,
} from '../rows.ts';
import { statusOf } from './reservation-state.ts';

/**
 * How many reservations of each treasure wait, were confirmed, were cancelled? A reservation that
 * changes leaves one number and enters another, so one that is cancelled twice counts once.
 */
export function reservationsNow(
  states: StoredTable<string, ReservationState>,
  topics: ShopTopics,
): StoredTable<string, ReservationsNow> {
  const now = states
    // A decision whose reservation has not been seen yet is of no treasure yet.
    .groupBy((state) => (state.createdAt === undefined ? nowhere : [state.code ?? null, state]), {
      name: 'reservation-by-product',
      key: utf8,
      value: reservationStateSerde,
    })
    .aggregate(
      {
        initialize: () => noReservations,
        add: (sums, state) => count(sums, state, 1),
        subtract: (sums, state) => count(sums, state, -1),
      },
      { name: 'reservation-now-store', node: 'reservations-now', value: reservationsNowSerde },
    );
  now.toStream().to(topics.reservationsNow);
  return now;
}

const nowhere = [null, null] as const;

/** A treasure nobody has reserved. */
export const noReservations: ReservationsNow = {
  pending: 0,
  confirmed: 0,
  cancelled: 0,
  expired: 0,
  conflicts: 0,
  decideMs: 0,
};

function count(sums: ReservationsNow, state: ReservationState, by: 1 | -1): ReservationsNow {
  const status = statusOf(state);
  const is = (condition: boolean): number => (condition ? by : 0);
  const { createdAt = 0, confirmedAt, cancelledAt, reason } = state;
  const decidedAt = status === 'CONFIRMED' ? confirmedAt : cancelledAt;
  return {
    pending: sums.pending + is(status === 'PENDING'),
    confirmed: sums.confirmed + is(status === 'CONFIRMED'),
    cancelled: sums.cancelled + is(status === 'CANCELLED'),
    expired: sums.expired + is(status === 'CANCELLED' && reason === 'EXPIRED'),
    conflicts: sums.conflicts + is(confirmedAt !== undefined && cancelledAt !== undefined),
    decideMs: sums.decideMs + by * (decidedAt === undefined ? 0 : decidedAt - createdAt),
  };
}
