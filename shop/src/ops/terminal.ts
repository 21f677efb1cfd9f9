import { join } from 'node:path';
import type { ShopConfig } from '../config.ts';

/** The shop's version, as the API describes it too. */
export const shopVersion = '0.1.0';

/** The first lines. */
export function titleLines(config: ShopConfig): readonly string[] {
  const place = join(config.dataDir, config.world);
  return [`보물 상점 · the shop ${shopVersion} · world "${config.world}" · ${place}`];
}

/** A line about one part. */
export interface PartLine {
  readonly name: string;
  readonly text: string;
  readonly note?: string;
  /** How long it took. */
  readonly ms?: number;
}

/** One part, one line. */
export function partLine({ name, text, note = '', ms }: PartLine): string {
  const time = ms === undefined ? '' : `${(ms / 1_000).toFixed(1)} s`;
  return `  ${name.padEnd(8)}  ${text.padEnd(38)} ${time.padStart(6)}   ${note}`.trimEnd();
}

/** The last line, when nothing is open any more. */
export function closedLine({ dataDir, world }: ShopConfig): string {
  const flag = world === 'default' ? '' : ` -- --world ${world}`;
  return `  closed; everything is in ${join(dataDir, world)}, npm start${flag} goes on`;
}
