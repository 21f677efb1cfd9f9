import { effect, signal } from '@preact/signals';
import { fetchShop, type ShopFacts } from '../api/shop.ts';
import { line } from '../live/live.ts';
import { money } from '../text/money.ts';
import { text } from '../text/text.ts';

/** What kind of shop this is; undefined until it has said so. */
export const world = signal<ShopFacts | undefined>(undefined);

/** Asks at the start, and after each lost line: another shop may have come to the address. */
export function followWorld(): void {
  void loadWorld();
  effect(() => {
    if (line.state.value.kind === 'open') void loadWorld();
  });
}

/** True where old records were replayed. */
export function isReplay(): boolean {
  return world.value?.isReplay === true;
}

/** The newest day: in a replay the last one of the records. */
export function todayWord(): string {
  return isReplay() ? text.value.lastDay : text.value.today;
}

/** What is assumed of a shop that does not answer: whatever else is asked of it says why. */
function unknownShop(): ShopFacts {
  const zone = line.zone.value;
  return { zone, nowMs: Date.now(), isReplay: false, money: money.value };
}

async function loadWorld(): Promise<void> {
  const answer = await fetchShop();
  if (answer.kind === 'problem') {
    world.value ??= unknownShop();
    return;
  }
  world.value = answer.value;
  money.value = answer.value.money;
}
