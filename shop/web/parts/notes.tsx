import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/problem.ts';
import { driverChannel } from '../live/channels.ts';
import type { Readiness } from '../live/feed.ts';
import { useFeed } from '../live/live.ts';
import { useDriverChange } from '../shell/use-driver-change.ts';
import { isReplay } from '../shell/world.ts';
import { text } from '../text/text.ts';

/** After how long a skeleton says what it is waiting for. */
const patienceMs = 3_000;

/** Grey bars in place of what is loading, and after a while a line that says what is awaited. */
export function Skeleton(props: { readonly rows: number; readonly awaited: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton" aria-busy="true">
      {Array.from({ length: props.rows }, (_, row) => (
        <div key={row} class="bone" />
      ))}
      <p class="hint" role="status">
        {late ? text.value.waitingFor(props.awaited) : ''}
      </p>
    </div>
  );
}

/** Nothing has happened yet; offers to let customers come. */
export function Empty() {
  const { change, problem } = useDriverChange();
  const driver = useFeed(driverChannel, '').value.value;
  return (
    <div class="empty">
      <svg viewBox="0 0 64 40" aria-hidden="true">
        <path d="M4 30q7-6 14 0t14 0 14 0 14 0M12 24h34l-6 8H18zM28 24V6l14 14H28M28 10 18 20h10" />
      </svg>
      <p>{isReplay() ? text.value.emptyReplay : text.value.empty}</p>
      {driver?.available === true && (
        <button type="button" class="button small" onClick={() => change({ paused: false })}>
          {text.value.startCustomers}
        </button>
      )}
      {problem !== undefined && <ProblemNote problem={problem} />}
    </div>
  );
}

/** The store behind a value is being restored: the value is the last one known. */
export function RestoringNote({ readiness }: { readonly readiness: Readiness }) {
  if (readiness.kind !== 'restoring') return null;
  const { percent } = readiness;
  return (
    <div class="restoring" role="status">
      <span>{percent === undefined ? text.value.notReady : text.value.restoring(percent)}</span>
      {percent !== undefined && <progress max="100" value={percent} />}
    </div>
  );
}

/** Why something was not done, and the way to try again. Takes the focus when it is an answer. */
export function ProblemNote(props: {
  readonly problem: Problem;
  readonly retry?: () => void;
  readonly takesFocus?: boolean;
}) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (props.takesFocus === true) note.current?.focus();
  }, [props.problem, props.takesFocus]);
  return (
    <div class="note problem" role="alert" tabIndex={-1} ref={note} data-code={props.problem.code}>
      <p>{wordsOf(props.problem)}</p>
      {props.retry !== undefined && (
        <button type="button" class="button small" onClick={props.retry}>
          {text.value.retry}
        </button>
      )}
    </div>
  );
}

/** The shop's own words, else the page's. */
function wordsOf(problem: Problem): string {
  const words = text.value.problems;
  if (problem.detail !== '') return problem.detail;
  if (problem.code === 'unreachable' || problem.code === 'unreadable') return words[problem.code];
  return problem.status === 504 ? words.timeout : words.other;
}
