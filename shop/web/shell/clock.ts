import { computed, signal } from '@preact/signals';
import { line } from '../live/live.ts';
import { dayOf, formatTime } from '../text/format.ts';

/** This machine's time, each second. */
export const nowMs = signal(Date.now());

/** The shop's time and day, in its zone. */
export const shopTime = computed(() => formatTime(shopNowMs.value, line.zone.value));
export const shopDay = computed(() => dayOf(shopNowMs.value, line.zone.value));

/** True once the line has been cut for longer than a blink: what is shown is old. */
export const isStale = computed(() => {
  const state = line.state.value;
  return state.kind === 'closed' && nowMs.value - state.sinceMs >= staleAfterMs;
});

/** The shop's time at a moment of this machine. */
export function shopTimeAt(atMs: number): string {
  return formatTime(atMs + line.clockAheadMs.value, line.zone.value);
}

const shopNowMs = computed(() => nowMs.value + line.clockAheadMs.value);
const staleAfterMs = 2_000;

setInterval(() => {
  nowMs.value = Date.now();
}, 1_000);
