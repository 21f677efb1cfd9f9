import { type KStream, type StoredTable, utf8 } from 'logpose';
import { partitionOf } from '../daily.ts';
import { type RankCandidates, rankCandidatesSerde } from '../rows.ts';
import { LocalTop } from './local-top.ts';
import { minPublishIntervalMs, RankingPublisher } from './publisher.ts';
import { type RankingName, rankingKey } from './rankings.ts';

/** How a row scores by each metric of a ranking. */
export type Scores<Row> = Readonly<Record<string, (row: Row) => number>>;

/** The first treasures of each partition by a table's rows. */
export function rankTotal<Row>(
  table: StoredTable<string, Row>,
  name: RankingName,
  scores: Scores<Row>,
): KStream<string, RankCandidates> {
  return table.toStream({ node: `changes-for-${name}` }).process({
    node: `rank-${name}`,
    stores: { rows: table },
    output: { key: utf8, value: rankCandidatesSerde },
    init: ({ stores, forward, punctuate, taskId, wallClockMs }) => {
      const metrics = Object.entries(scores).map(([metric, score]) => {
        return { key: rankingKey({ name, period: 'total', metric }), score, list: new LocalTop() };
      });
      const lists = new Map(metrics.map(({ key, list }) => [key, list]));
      const publisher = new RankingPublisher(lists, { partition: partitionOf(taskId), forward });
      const set = (code: string, row: Row): void => {
        for (const { list, score } of metrics) list.set(code, score(row));
      };
      for (const [code, { value }] of stores.rows.range()) set(code, value);
      punctuate({ everyMs: minPublishIntervalMs, time: 'wall-clock' }, (nowMs) =>
        publisher.publish(nowMs),
      );
      return ({ key: code, value: row }) => {
        if (row !== null) set(code, row);
        publisher.publish(wallClockMs());
      };
    },
  });
}
