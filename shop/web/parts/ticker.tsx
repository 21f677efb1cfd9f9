import type { Signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { Treasure } from '../art/treasure.tsx';
import { type Happening, type Ticker, tickerChannel } from '../live/channels.ts';
import { useFeed } from '../live/live.ts';
import { nameOfCode } from '../shell/catalogue-state.ts';
import { shopZone } from '../shell/clock.ts';
import { addressOfProduct } from '../shell/router.ts';
import { formatTime } from '../text/format.ts';
import { text } from '../text/text.ts';
import { Empty, Skeleton } from './notes.tsx';

/** What has just happened, newest first. */
export function TickerList() {
  const events = usePaced(useFeed(tickerChannel, '').value);
  if (events === undefined) return <Skeleton rows={6} awaited={text.value.waitingTicker} />;
  if (events.length === 0) return <Empty />;
  return (
    <ol class="ticker">
      {events.map((event) => (
        <li key={event.number}>
          <Line event={event} />
        </li>
      ))}
    </ol>
  );
}

/** How many there are in a second, those included that the list passes over. */
export function TickerRate() {
  const perSecond = useFeed(tickerChannel, '').value.value?.perSecond;
  return perSecond === undefined ? null : <p class="pulse">{text.value.tickerRate(perSecond)}</p>;
}

/**
 * The newest events, two more every second at most: the shop sends them faster than anybody reads,
 * and what is passed over is in the counts all the same.
 */
function usePaced(source: Signal<Ticker | undefined>): readonly Happening[] | undefined {
  const [shown, setShown] = useState(source.peek()?.events);
  useEffect(() => {
    const timer = setInterval(() => {
      setShown((before) => advanced(before, source.peek()?.events));
    }, 1_000);
    return () => clearInterval(timer);
  }, [source]);
  return shown ?? source.value?.events;
}

function advanced(
  before: readonly Happening[] | undefined,
  newest: readonly Happening[] | undefined,
): readonly Happening[] | undefined {
  if (before === undefined || newest === undefined) return newest;
  const last = before[0]?.number ?? 0;
  const fresh = newest.filter(({ number }) => number > last).slice(0, freshPerSecond);
  return fresh.length === 0 ? before : [...fresh, ...before].slice(0, maxShown);
}

const freshPerSecond = 2;
const maxShown = 12;

function Line({ event }: { readonly event: Happening }) {
  return (
    <a href={addressOfProduct(event.code)} class={`happening is-${event.type.replace('.', '-')}`}>
      <span class="thumb">
        <Treasure code={event.code} />
      </span>
      <span class="happening-words">{wordsOf(event)}</span>
      <time>{formatTime(event.atMs, shopZone.value)}</time>
    </a>
  );
}

function wordsOf(event: Happening): string {
  const { type, code, units } = event;
  const words = text.value.happened;
  const known = isKnown(type) ? type : 'other';
  return words[known](nameOfCode(code, event), units);
}

function isKnown(type: string): type is keyof typeof text.value.happened {
  return type in text.value.happened;
}
