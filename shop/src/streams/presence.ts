import { int32, int64, keyValueStore, utf8 } from 'logpose';
import type { ShopTopics } from '../topics.ts';
import { viewersRowSerde } from './rows.ts';
import type { Sources } from './sources.ts';
import { Visitors } from './visitors.ts';

/** A visitor who gives no sign for this long has gone. */
export const presenceTimeoutMs = 30_000;

/** When each visitor of a treasure was last seen. */
export const lastSeenStore = keyValueStore({ name: 'presence-store', key: utf8, value: int64 });
const expiryStore = keyValueStore({ name: 'presence-expiry-store', key: utf8, value: utf8 });
const countStore = keyValueStore({
  name: 'presence-count-store',
  key: utf8,
  value: viewersRowSerde,
});

/**
 * How many people look at each treasure now? A view is a sign of life like any other. Numbers that
 * changed are told once a second, of the wall clock or, where events are old, of event time.
 */
export function presence(
  sources: Pick<Sources, 'presence' | 'product.viewed'>,
  topics: ShopTopics,
  { time }: { readonly time: 'wall-clock' | 'stream' },
): void {
  sources.presence
    .merge(sources['product.viewed'])
    .process({
      node: 'presence',
      stores: { lastSeen: lastSeenStore, expiry: expiryStore, counts: countStore },
      output: { key: utf8, value: int32 },
      init: ({ stores, forward, punctuate }) => {
        const visitors = new Visitors(stores);
        punctuate({ everyMs: 1_000, time }, (nowMs) => {
          visitors.expire(nowMs - presenceTimeoutMs);
          visitors.tell((code, now) => forward({ key: code, value: now }));
        });
        return ({ key: code, value: event, timestamp }) => {
          if (event.visitorId === undefined) return;
          const visit = { code, visitor: event.visitorId };
          if (event.type === 'presence' && event.kind === 'away') visitors.away(visit, timestamp);
          else visitors.here(visit, timestamp);
        };
      },
    })
    .to(topics.viewers);
}
