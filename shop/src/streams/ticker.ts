import { keyValueStore, utf8 } from 'logpose';
import type { ShopTopics } from '../topics.ts';
import { type TickerRate, tickerRateSerde, tickSerde } from './rows.ts';
import type { Sources } from './sources.ts';

/** Ticks for one second of event time and one partition; the rest is only counted. */
export const maxTicksPerSecond = 50;

const rateStore = keyValueStore({ name: 'ticker-rate-store', key: utf8, value: tickerRateSerde });

/** What has just happened? A sample that a person can follow. */
export function ticker(
  sources: Pick<
    Sources,
    | 'order.created'
    | 'order.cancelled'
    | 'reservation.created'
    | 'reservation.confirmed'
    | 'reservation.cancelled'
  >,
  topics: ShopTopics,
): void {
  sources['order.created']
    .merge(sources['order.cancelled'])
    .merge(sources['reservation.created'])
    .merge(sources['reservation.confirmed'])
    .merge(sources['reservation.cancelled'])
    .process({
      node: 'ticker',
      stores: { rates: rateStore },
      output: { key: utf8, value: tickSerde },
      init: ({ stores, forward }) => {
        return ({ key: code, value: { type, occurredAt, quantity } }) => {
          const { rate, tells } = countTick(stores.rates.get(rowKey) ?? noTicks, occurredAt);
          stores.rates.put(rowKey, tells ? { ...rate, skipped: 0 } : rate);
          if (!tells) return;
          forward({
            key: code,
            value: { type, code, occurredAt, quantity, skipped: rate.skipped },
          });
        };
      },
    })
    .to(topics.ticker);
}

const rowKey = 'rate';
const noTicks: TickerRate = { second: 0, told: 0, skipped: 0 };

function countTick(rate: TickerRate, occurredAt: number): { rate: TickerRate; tells: boolean } {
  const second = Math.floor(occurredAt / 1_000);
  // An event of an earlier second counts into the one being told.
  const told = second > rate.second ? 0 : rate.told;
  const now = { second: Math.max(second, rate.second), skipped: rate.skipped };
  return told < maxTicksPerSecond
    ? { rate: { ...now, told: told + 1 }, tells: true }
    : { rate: { ...now, told, skipped: rate.skipped + 1 }, tells: false };
}
