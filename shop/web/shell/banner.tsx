import { useEffect, useState } from 'preact/hooks';
import { line } from '../live/live.ts';
import { text } from '../text/text.ts';
import { isStale, nowMs, shopTimeAt } from './clock.ts';

/** How long the good news stays. */
const goodNewsMs = 4_000;

/** Says that the line is cut and what happens next, and when it is back. */
export function Banner() {
  const back = useGoodNews();
  const state = line.state.value;
  if (state.kind === 'outdated') return <OutdatedBanner />;
  if (state.kind === 'closed' && isStale.value) {
    const seconds = Math.ceil((state.retryAtMs - nowMs.value) / 1_000);
    return <CutBanner seconds={seconds} since={shopTimeAt(state.sinceMs)} />;
  }
  return back ? (
    <div class="banner good" role="status">
      {text.value.reconnected}
    </div>
  ) : null;
}

function CutBanner({ seconds, since }: { readonly seconds: number; readonly since: string }) {
  const t = text.value;
  return (
    <div class="banner" data-banner="cut">
      {/* The countdown changes each second; read aloud it would never stop. */}
      <span role="alert" class="only-read">
        {t.disconnected(0)}
      </span>
      <span aria-hidden="true">{t.disconnected(seconds)}</span>
      <small>{t.staleSince(since)}</small>
      <button type="button" class="button small" onClick={() => line.connect()}>
        {t.reconnect}
      </button>
    </div>
  );
}

function OutdatedBanner() {
  return (
    <div class="banner" role="alert">
      {text.value.newVersion}
      <button type="button" class="button small" onClick={() => location.reload()}>
        {text.value.reload}
      </button>
    </div>
  );
}

/** True for a few seconds after a shown cut has ended. */
function useGoodNews(): boolean {
  const [wasCut, setWasCut] = useState(false);
  const stale = isStale.value;
  const open = line.state.value.kind === 'open';
  useEffect(() => {
    if (stale) setWasCut(true);
  }, [stale]);
  useEffect(() => {
    if (!open || !wasCut) return;
    const timer = setTimeout(() => setWasCut(false), goodNewsMs);
    return () => clearTimeout(timer);
  }, [open, wasCut]);
  return open && wasCut;
}
