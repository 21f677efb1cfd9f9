import { computed, signal } from '@preact/signals';
import { line } from '../live/live.ts';
import { dayOf, formatTime } from '../text/format.ts';
import { world } from './world.ts';

/** This machine's time, each second. */
export const nowMs = signal(Date.now());

/** The shop's time and day, in its zone. */
export const shopZone = computed(() => world.value?.zone ?? line.zone.value);
export const shopTime = computed(() => formatTime(shopNowMs.value, shopZone.value));
export const shopDay = computed(() => dayOf(shopNowMs.value, shopZone.value));

/** True once the line has been cut for longer than a blink: what is shown is old. */
export const isStale = computed(() => {
  const state = line.state.value;
  return state.kind === 'closed' && nowMs.value - state.sinceMs >= staleAfterMs;
});

/** The shop's time at a moment of this machine. */
export function shopTimeAt(atMs: number): string {
  return formatTime(atMs + line.clockAheadMs.value, shopZone.value);
}

const shopNowMs = computed(() => {
  // The time of old records stands.
  if (world.value?.isReplay === true) return world.value.nowMs;
  return nowMs.value + line.clockAheadMs.value;
});
const staleAfterMs = 2_000;

setInterval(() => {
  nowMs.value = Date.now();
}, 1_000);
