import type { Outcome } from './problem.ts';
import { request } from './request.ts';
import { fieldsOf, textOf } from './shape.ts';

/** What has become of an order or a reservation, wherever it was decided. */
export function fetchStatus(kind: 'order' | 'reservation', id: number): Promise<Outcome<string>> {
  return request({
    path: kind === 'order' ? `/api/orders/${id}` : `/api/reservations/${id}`,
    read: (result) => textOf(fieldsOf(result)['status']),
  });
}
