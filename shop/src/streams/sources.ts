import type { KStream, RecordPosition, Serde, StreamsBuilder, Topic } from 'logpose';
import type { EventOf, EventType } from '../events/event-schemas.ts';
import { anyViews, upcastView } from '../events/seed-view.ts';
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

  const checked = <T extends EventType, V>(
    type: T,
    { from, value: serde, upcast }: Accepting<T, V>,
  ): KStream<string, EventOf<T>> => {
    const accepted = `accepted-${type}`;
    const refused = `dead-${type}`;
    const events = builder.stream(from, { node: `source-${type}` }).processValues({
      node: `check-${type}`,
      output: { value: serde },
      init:
        ({ forward, wallClockMs, position }) =>
        ({ key, value: seen, timestamp, headers }) => {
          const value = upcast(seen, { key, timestamp, position });
          const isAhead = timestamp > wallClockMs() + maxAheadMs;
          if (!isAhead && isCode(key) && key === codeOf(value)) {
            return forward.to(accepted, { value });
          }
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
  const ofToday = <T extends EventType>(
    type: T,
    from: Topic<string, EventOf<T>>,
  ): KStream<string, EventOf<T>> =>
    checked(type, { from, value: from.value, upcast: (value) => value });

  const { events } = topics;
  return {
    'product.viewed': checked('product.viewed', {
      from: anyViews(events['product.viewed']),
      value: events['product.viewed'].value,
      upcast: (view, { position, ...seen }) => upcastView(view, { ...seen, position: position() }),
    }),
    'order.created': ofToday('order.created', events['order.created']),
    'order.cancelled': ofToday('order.cancelled', events['order.cancelled']),
    'reservation.created': ofToday('reservation.created', events['reservation.created']),
    'reservation.confirmed': ofToday('reservation.confirmed', events['reservation.confirmed']),
    'reservation.cancelled': ofToday('reservation.cancelled', events['reservation.cancelled']),
    'stock.adjusted': ofToday('stock.adjusted', events['stock.adjusted']),
    presence: ofToday('presence', events.presence),
  };
}

function textOf(position: RecordPosition | undefined): string {
  return position === undefined ? '' : `${position.topic}/${position.partition}/${position.offset}`;
}

/** How the events of one type are read, in whatever version they were written. */
interface Accepting<T extends EventType, V> {
  readonly from: Topic<string, V>;
  readonly value: Serde<EventOf<T>>;
  readonly upcast: (value: V, seen: Seen) => EventOf<T>;
}

interface Seen {
  readonly key: string;
  readonly timestamp: number;
  readonly position: () => RecordPosition | undefined;
}

/** A key that may be a treasure's code: views of version 0 have no other. */
function isCode(key: string): boolean {
  // The character stands for bytes that are no text.
  return key.length > 0 && key.length <= 64 && !key.includes('\ufffd');
}

function codeOf(event: { readonly productCode: string }): string {
  return event.productCode;
}
