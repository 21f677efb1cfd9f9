import type { ShopEvent } from '../events/event-schemas.ts';
import { priceOf, type ReplayFormat, RowError } from './format.ts';

/**
 * Views, carts and purchases of a cosmetics shop; each row is one unit. A cart counts as a
 * reservation that names itself nowhere.
 *
 * Source: REES46 Marketing Platform, "eCommerce Events History in Cosmetics Shop".
 */
export const rees46: ReplayFormat = {
  name: 'rees46',
  title: 'eCommerce events of a cosmetics shop (REES46 Marketing Platform)',
  columns: ['event_time', 'event_type', 'product_id', 'price', 'user_id', 'user_session'],
  currency: 'XXX',
  priceDigits: 2,
  toEvent: (row, { id, instant }) => {
    const [time = '', kind = '', code = '', price = '', user = '', session = ''] = row;
    if (code === '') throw new RowError('product_id is empty');
    const common = {
      v: 1,
      id,
      occurredAt: instant(time.replace(/ UTC$/, '')),
      source: 'replay',
      productCode: code,
      ...(user === '' ? {} : { visitorId: user }),
    } as const;
    const unitPrice = priceOf(price, 2);
    const event = eventOf(kind, session === '' ? id : session);
    return { kind, event };

    function eventOf(type: string, orderId: string): ShopEvent {
      switch (type) {
        case 'view':
          return { ...common, type: 'product.viewed' };
        case 'cart':
          return { ...common, type: 'reservation.created', quantity: 1, unitPrice };
        case 'remove_from_cart':
          return { ...common, type: 'reservation.cancelled', quantity: 1, reason: 'CUSTOMER' };
        case 'purchase':
          return { ...common, type: 'order.created', orderId, quantity: 1, unitPrice };
        default:
          throw new RowError('event_type is of no known kind');
      }
    }
  },
};
