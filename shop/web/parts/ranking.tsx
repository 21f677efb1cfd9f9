import { Treasure } from '../art/treasure.tsx';
import { type RankingRow, rankingChannel } from '../live/channels.ts';
import { useFeed } from '../live/live.ts';
import { nameOfCode } from '../shell/catalogue-state.ts';
import { addressOfProduct } from '../shell/router.ts';
import { text } from '../text/text.ts';
import { News } from './news.tsx';
import { Empty, RestoringNote, Skeleton } from './notes.tsx';
import { Rolling } from './rolling.tsx';
import { useOvertaking } from './use-overtaking.ts';

export const rankingNames = ['orders', 'reservations', 'cancelled', 'views'] as const;
export type RankingName = (typeof rankingNames)[number];
export const periods = ['today', 'total'] as const;
export type Period = (typeof periods)[number];

/** Says aloud who leads. */
export function LeaderNews(props: { readonly name: RankingName; readonly period: Period }) {
  const { name, period } = props;
  const rows = useFeed(rankingChannel, `${name}:${period}`).value;
  const newest = (): string => {
    const first = rows.peek()?.[0];
    if (first === undefined) return '';
    return text.value.leader(text.value.rankings[name], nameOfCode(first.code, first));
  };
  return <News newest={newest} />;
}

/** One ranking, its rows overtaking each other as it changes. */
export function Ranking(props: {
  readonly name: RankingName;
  readonly period: Period;
  readonly rows: number;
}) {
  const feed = useFeed(rankingChannel, `${props.name}:${props.period}`);
  const list = feed.value.value?.slice(0, props.rows);
  if (list === undefined) return <Waiting feed={feed} rows={props.rows} />;
  if (list.length === 0) return <Empty />;
  return (
    <>
      <RestoringNote readiness={feed.readiness.value} />
      <Rows name={props.name} rows={list} />
    </>
  );
}

function Waiting(props: {
  readonly feed: ReturnType<typeof useFeed<readonly RankingRow[]>>;
  readonly rows: number;
}) {
  return (
    <>
      <RestoringNote readiness={props.feed.readiness.value} />
      <Skeleton rows={props.rows} awaited={text.value.waitingRanking} />
    </>
  );
}

function Rows({
  name,
  rows,
}: {
  readonly name: RankingName;
  readonly rows: readonly RankingRow[];
}) {
  const list = useOvertaking<HTMLOListElement>(rows.map(({ code }) => code));
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <ol class={`ranking of-${name}`} ref={list} data-ranking={name}>
      {rows.map((row) => (
        <li key={row.code} data-key={row.code}>
          <Row row={row} share={row.count / most} />
        </li>
      ))}
    </ol>
  );
}

function Row({ row, share }: { readonly row: RankingRow; readonly share: number }) {
  return (
    <a class="rank-row" href={addressOfProduct(row.code)}>
      <span class="rank">{row.rank}</span>
      <Movement row={row} />
      <span class="thumb">
        <Treasure code={row.code} />
      </span>
      <span class="rank-name">{nameOfCode(row.code, row)}</span>
      <span class="count">
        <Rolling value={row.count} />
      </span>
      <span class="bar" aria-hidden="true">
        <span style={{ transform: `scaleX(${share.toFixed(4)})` }} />
      </span>
    </a>
  );
}

/** From where the row came: an arrow with the number of places. */
function Movement({ row }: { readonly row: RankingRow }) {
  const t = text.value;
  if (row.previousRank === null) return <Mark kind="new" sign="✦" words={t.entered} />;
  const places = row.previousRank - row.rank;
  if (places > 0) return <Mark kind="up" sign={`▲${places}`} words={t.up(places)} />;
  if (places < 0) return <Mark kind="down" sign={`▼${-places}`} words={t.down(-places)} />;
  return <Mark kind="same" sign="–" words={t.same} />;
}

function Mark(props: { readonly kind: string; readonly sign: string; readonly words: string }) {
  return (
    <span class={`movement ${props.kind}`} title={props.words}>
      <span aria-hidden="true">{props.sign}</span>
      <span class="only-read">{props.words}</span>
    </span>
  );
}
