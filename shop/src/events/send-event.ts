import type { OutputTopic, ProducerRecord } from 'logpose';
import type { EventTopics } from '../topics.ts';
import { eventHeaders } from './event-headers.ts';
import type { ShopEvent } from './event-schemas.ts';

/** A producer or a transaction. */
export interface EventSender<Position> {
  send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<NoInfer<K>, NoInfer<V> | null>,
  ): Promise<Position>;
}

/** Sends an event to its type's topic, under its treasure's code, at its own time. */
export function sendEvent<Position>(
  sender: EventSender<Position>,
  topics: EventTopics,
  event: ShopEvent,
): Promise<Position> {
  const to = <V extends ShopEvent>(topic: OutputTopic<string, V>, value: NoInfer<V>) =>
    sender.send(topic, {
      key: value.productCode,
      value,
      timestamp: value.occurredAt,
      headers: eventHeaders(value.type),
    });
  switch (event.type) {
    case 'product.viewed':
      return to(topics['product.viewed'], event);
    case 'order.created':
      return to(topics['order.created'], event);
    case 'order.cancelled':
      return to(topics['order.cancelled'], event);
    case 'reservation.created':
      return to(topics['reservation.created'], event);
    case 'reservation.confirmed':
      return to(topics['reservation.confirmed'], event);
    case 'reservation.cancelled':
      return to(topics['reservation.cancelled'], event);
    case 'stock.adjusted':
      return to(topics['stock.adjusted'], event);
    case 'product.changed':
      return to(topics['product.changed'], event);
    case 'presence':
      return to(topics.presence, event);
  }
}
