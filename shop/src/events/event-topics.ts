import type { EventType } from './event-schemas.ts';

/** What the names of the shop's topics begin with unless it is told otherwise. */
export const defaultTopicPrefix = 'basquiat';

/** The topic of each event type, without the prefix. Its records are keyed by product code. */
export const eventTopics: Readonly<Record<EventType, string>> = {
  'product.viewed': 'product.fetch',
  'order.created': 'order.create',
  'order.cancelled': 'order.cancel',
  'reservation.created': 'reservation.create',
  'reservation.confirmed': 'reservation.confirm',
  'reservation.cancelled': 'reservation.cancel',
  'stock.adjusted': 'stock.adjust',
  'product.changed': 'product.change',
  presence: 'product.presence',
};

/** The full name of the topic that takes events of `type`. */
export function topicNameOf(type: EventType, prefix: string): string {
  return `${prefix}.${eventTopics[type]}`;
}
