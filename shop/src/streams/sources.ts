import type { KStream, RecordPosition, StreamsBuilder, Topic } from 'logpose';
import type { EventOf, EventType } from '../events/event-schemas.ts';
import type { ShopTopics } from '../topics.ts';
import { deadEvents, positionHeader, reasonHeader } from './dead-letters.ts';

/** The checked events of the shop, one stream each. */
export type Sources = { readonly [T in EventType]: KStream<string, EventOf<T>> };

/**
 * Opens the streams of the events that the topology counts. An event under a key that is not its
 * treasure's code, or from further ahead than `maxAheadMs`, goes to `.dead` with the reason: it
 * would be counted for another treasure, or make everything after it late.
 */
export function openSources(
  builder: StreamsBuilder,
  topics: ShopTopics,
  { maxAheadMs }: { readonly maxAheadMs: number },
): Omit<Sources, 'product.changed'> {
  const dead = deadEvents(topics.dead.name);

  const checked = <T extends EventType>(
    type: T,
    from: Topic<string, EventOf<T>>,
  ): KStream<string, EventOf<T>> => {
    const accepted = `accepted-${type}`;
    const refused = `dead-${type}`;
    const events = builder.stream(from, { node: `source-${type}` }).processValues({
      node: `check-${type}`,
      output: { value: from.value },
      init:
        ({ forward, wallClockMs, position }) =>
        ({ key, value, timestamp, headers }) => {
          const isAhead = timestamp > wallClockMs() + maxAheadMs;
          if (!isAhead && key === codeOf(value)) return forward.to(accepted, { value });
          forward.to(refused, {
            value,
            headers: headers
              .with(reasonHeader, isAhead ? 'time-ahead' : 'key-differs')
              .with(positionHeader, textOf(position())),
          });
        },
    });
    events.to(dead, { node: refused });
    return events.filter(() => true, { node: accepted });
  };

  const { events } = topics;
  return {
    'product.viewed': checked('product.viewed', events['product.viewed']),
    'order.created': checked('order.created', events['order.created']),
    'order.cancelled': checked('order.cancelled', events['order.cancelled']),
    'reservation.created': checked('reservation.created', events['reservation.created']),
    'reservation.confirmed': checked('reservation.confirmed', events['reservation.confirmed']),
    'reservation.cancelled': checked('reservation.cancelled', events['reservation.cancelled']),
    'stock.adjusted': checked('stock.adjusted', events['stock.adjusted']),
    presence: checked('presence', events.presence),
  };
}

function textOf(position: RecordPosition | undefined): string {
  return position === undefined ? '' : `${position.topic}/${position.partition}/${position.offset}`;
}

function codeOf(event: { readonly productCode: string }): string {
  return event.productCode;
}
