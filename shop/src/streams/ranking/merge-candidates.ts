import type { RankCandidates, RankedRow, RankingState, Scored } from '../rows.ts';
import { compareScored } from './compare-scored.ts';
import { rankingLimit } from './rankings.ts';

/**
 * Replaces one partition's list and ranks the treasures of all of them. A list of an older day is
 * left out; one of a newer day begins the ranking anew.
 */
export function mergeCandidates(state: RankingState, list: RankCandidates): RankingState {
  const { day } = list;
  if (day !== undefined && state.day !== undefined && day < state.day) return state;
  const begins = day !== state.day;
  const kept: RankingState['parts'] = begins ? {} : state.parts;
  const parts: RankingState['parts'] = { ...kept, [list.partition]: list.rows };
  const rows = rank(Object.values(parts).flat(), begins ? [] : state.rows);
  return day === undefined ? { parts, rows } : { day, parts, rows };
}

function rank(candidates: readonly Scored[], before: readonly RankedRow[]): RankedRow[] {
  const known = new Map(before.map((row) => [row.code, row]));
  return candidates
    .toSorted(compareScored)
    .slice(0, rankingLimit)
    .map((row, n) => ({ rank: n + 1, ...row, ...moveOf(known.get(row.code), n + 1) }));
}

/** A row keeps its last move until it moves again. */
function moveOf(before: RankedRow | undefined, rank: number): Pick<RankedRow, 'previousRank'> {
  if (before === undefined) return {};
  if (before.rank !== rank) return { previousRank: before.rank };
  return before.previousRank === undefined ? {} : { previousRank: before.previousRank };
}
