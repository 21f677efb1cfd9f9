import { useEffect } from 'preact/hooks';
import { Line } from './connection.ts';
import type { Channel, Feed } from './feed.ts';
import { Feeds } from './feeds.ts';

/** How often an open product page says that it is still open. The shop forgets it after 30 s. */
const hereMs = 10_000;

/** The page's one line to the shop. */
export const line = new Line(addressOfLine(), {
  opened: () => {
    sayHere();
    feeds.opened();
  },
  received: (frame) => feeds.received(frame),
});

const feeds = new Feeds((frame) => line.send(frame));

/** Connects, and again whenever the machine wakes up or finds its network. */
export function startLive(): void {
  line.connect();
  addEventListener('online', () => line.connect());
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') line.connect();
  });
  setInterval(sayHere, hereMs);
}

/** Follows a channel while the component is shown. */
export function useFeed<T>(channel: Channel<T>, key: string): Feed<T> {
  return useFeedWhile(channel, key, true);
}

/** Follows a channel while the component is shown and `wanted`; the last value stays. */
export function useFeedWhile<T>(channel: Channel<T>, key: string, wanted: boolean): Feed<T> {
  useEffect(() => (wanted ? feeds.follow(channel, key) : undefined), [channel, key, wanted]);
  return channel.feedOf(key);
}

/** Counts this visitor as a viewer of the treasure while the component is shown. */
export function useHere(code: string): void {
  useEffect(() => {
    openCode = code;
    sayHere();
    return () => {
      openCode = undefined;
      line.send({ op: 'away' });
    };
  }, [code]);
}

let openCode: string | undefined;

function sayHere(): void {
  if (openCode !== undefined) line.send({ op: 'here', code: openCode });
}

function addressOfLine(): string {
  const address = new URL('/live', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}
