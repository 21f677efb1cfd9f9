import type { StoredTable } from 'logpose';
import {
  type ReservationsCancelled,
  type ReservationsMade,
  reservationsCancelledSerde,
  reservationsMadeSerde,
} from '../rows.ts';
import type { Sources } from '../sources.ts';

/** How many reservations were made of each treasure? */
export function reservationsMade(
  sources: Pick<Sources, 'reservation.created'>,
): StoredTable<string, ReservationsMade> {
  return sources['reservation.created'].groupByKey().aggregate(
    {
      initialize: () => ({ count: 0, units: 0 }),
      add: (made, { quantity }) => ({ count: made.count + 1, units: made.units + quantity }),
    },
    {
      name: 'pending-reservation-join-store',
      node: 'reservations-made',
      value: reservationsMadeSerde,
    },
  );
}

/** How many were confirmed? */
export function reservationsConfirmed(
  sources: Pick<Sources, 'reservation.confirmed'>,
): StoredTable<string, number> {
  return sources['reservation.confirmed']
    .groupByKey()
    .count({ name: 'confirmed-join-store', node: 'reservations-confirmed' });
}

/** How many were cancelled, and how many of them because their day was over? */
export function reservationsCancelled(
  sources: Pick<Sources, 'reservation.cancelled'>,
): StoredTable<string, ReservationsCancelled> {
  return sources['reservation.cancelled'].groupByKey().aggregate(
    {
      initialize: () => ({ count: 0, expired: 0 }),
      add: ({ count, expired }, { reason }) => ({
        count: count + 1,
        expired: expired + (reason === 'EXPIRED' ? 1 : 0),
      }),
    },
    {
      name: 'cancel-join-store',
      node: 'reservations-cancelled',
      value: reservationsCancelledSerde,
    },
  );
}
