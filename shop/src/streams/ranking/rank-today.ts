import { int64, type KStream, keyValueStore, utf8, type WindowTable } from 'logpose';
import { addDays, dayOf, startOfDayMs } from '../../domain/zoned-day.ts';
import { partitionOf } from '../daily.ts';
import { type DayCounts, type RankCandidates, rankCandidatesSerde } from '../rows.ts';
import { LocalTop } from './local-top.ts';
import { minPublishIntervalMs, RankingPublisher } from './publisher.ts';
import { rankingKey } from './rankings.ts';

const dayStore = keyValueStore({ name: 'rank-today-store', key: utf8, value: int64 });

/** What decides that a day is over: its events, or the clock as well. */
export interface TodayOptions {
  readonly zone: string;
  readonly time: 'wall-clock' | 'stream';
}

/**
 * The first treasures of each partition on the newest day it knows. Rows of older days change
 * nothing; in a live world the day also begins by the clock, with empty lists.
 */
export function rankToday(
  days: WindowTable<string, DayCounts>,
  { zone, time }: TodayOptions,
): KStream<string, RankCandidates> {
  return days.toStream({ node: 'changes-for-today' }).process({
    node: 'rank-today',
    stores: { days, today: dayStore },
    output: { key: utf8, value: rankCandidatesSerde },
    init: ({ stores, forward, punctuate, taskId, wallClockMs }) => {
      const lists = new Map(todayScores.map(({ key }) => [key, new LocalTop()]));
      const publisher = new RankingPublisher(lists, { partition: partitionOf(taskId), forward });
      const set = (code: string, counts: DayCounts): void => {
        for (const { key, score } of todayScores) lists.get(key)?.set(code, score(counts));
      };
      let startMs = stores.today.get(rowKey);
      let day = startMs === undefined ? '' : dayOf(startMs, zone);
      const begin = (newStartMs: number): void => {
        startMs = newStartMs;
        day = dayOf(newStartMs, zone);
        stores.today.put(rowKey, newStartMs);
        for (const list of lists.values()) list.clear();
      };
      const publish = (nowMs: number): void => {
        if (startMs !== undefined) publisher.publish(nowMs, day);
      };

      if (startMs !== undefined) {
        const rows = stores.days.fetchAll({ fromMs: startMs, toMs: startMs });
        for (const [{ key: code }, { value }] of rows) set(code, value);
      }
      punctuate({ everyMs: minPublishIntervalMs, time: 'wall-clock' }, (nowMs) => {
        if (time === 'wall-clock' && startMs !== undefined && isOver(startMs, nowMs, zone)) {
          begin(startOfDayMs(dayOf(nowMs, zone), zone));
        }
        publish(nowMs);
      });
      return ({ key: { key: code, window }, value: counts }) => {
        if (startMs === undefined || window.startMs > startMs) begin(window.startMs);
        if (counts !== null && window.startMs === startMs) set(code, counts);
        publish(wallClockMs());
      };
    },
  });
}

const rowKey = 'start';

const todayScores: readonly {
  readonly key: string;
  readonly score: (counts: DayCounts) => number;
}[] = [
  { key: today('orders', 'orders'), score: ({ orders }) => orders },
  { key: today('orders', 'units'), score: ({ units }) => units },
  { key: today('orders', 'revenue'), score: ({ revenue }) => revenue },
  { key: today('orders', 'cancels'), score: ({ orderCancels }) => orderCancels },
  { key: today('orders', 'cancelUnits'), score: ({ cancelUnits }) => cancelUnits },
  { key: today('reservations', 'reservations'), score: ({ reservations }) => reservations },
  { key: today('cancelled', 'cancelled'), score: ({ cancelled }) => cancelled },
  { key: today('views', 'views'), score: ({ views }) => views },
];

function today(name: 'orders' | 'reservations' | 'cancelled' | 'views', metric: string): string {
  return rankingKey({ name, period: 'today', metric });
}

function isOver(startMs: number, nowMs: number, zone: string): boolean {
  return nowMs >= startOfDayMs(addDays(dayOf(startMs, zone), 1), zone);
}
