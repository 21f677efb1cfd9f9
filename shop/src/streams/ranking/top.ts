import { type KStream, type StoredTable, utf8 } from 'logpose';
import type { ShopTopics } from '../../topics.ts';
import {
  type RankCandidates,
  type RankingState,
  rankCandidatesSerde,
  rankingStateSerde,
} from '../rows.ts';
import { mergeCandidates } from './merge-candidates.ts';

/** Lists of the partitions, from the two sub-topologies that make them. */
export interface Candidates {
  readonly ofEvents: KStream<string, RankCandidates>;
  /** Of tables keyed anew: they have a repartition topic of their own, or the two would be one. */
  readonly ofReservations: KStream<string, RankCandidates>;
}

/** Which treasures lead, and where did they stand before? */
export function top(
  { ofEvents, ofReservations }: Candidates,
  topics: ShopTopics,
): StoredTable<string, RankingState> {
  const rankings = together(ofEvents, 'rank-candidates')
    .merge(together(ofReservations, 'rank-candidates-now'))
    .groupByKey()
    .aggregate(
      { initialize: () => ({ parts: {}, rows: [] }), add: mergeCandidates },
      { name: 'ranking-store', node: 'top', value: rankingStateSerde },
    );
  rankings
    .toStream()
    .mapValues((state) => {
      if (state === null) return null;
      const { day, rows } = state;
      return day === undefined ? { rows } : { day, rows };
    })
    .to(topics.ranking);
  return rankings;
}

/** Brings the partitions' lists to one place. */
function together(
  candidates: KStream<string, RankCandidates>,
  name: string,
): KStream<string, RankCandidates> {
  return candidates.repartition({ name, partitions: 1, key: utf8, value: rankCandidatesSerde });
}
