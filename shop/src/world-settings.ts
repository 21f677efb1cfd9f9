import type { ShopConfig } from './config.ts';
import { type Money, readWorldFile, type WorldFile, writeWorldFile } from './world-file.ts';

/** What a world is: said by the command line, unless it is a replay, which says it itself. */
export interface WorldSettings {
  readonly zone: string;
  readonly zones: readonly string[];
  readonly time: WorldFile['time'];
  readonly money: Money;
  readonly hasCustomers: boolean;
}

/** Reads what a world is, and writes it down for the programs that open it later. */
export async function settingsOf(directory: string, config: ShopConfig): Promise<WorldSettings> {
  const file = await readWorldFile(directory);
  if (file?.time === 'stream') {
    const [zone = 'UTC'] = file.zones;
    const { currency, scale } = file;
    const money = { currency, scale };
    return { zone, zones: file.zones, time: 'stream', money, hasCustomers: false };
  }
  const { zone, topicPrefix, applicationId } = config;
  await writeWorldFile(directory, {
    time: 'wall-clock',
    zones: [zone],
    topicPrefix,
    applicationId,
    ...won,
    ...(file?.logId === undefined ? {} : { logId: file.logId }),
  });
  return { zone, zones: [zone], time: 'wall-clock', money: won, hasCustomers: config.driver };
}

/** Won have no smaller unit. */
const won: Money = { currency: 'KRW', scale: 0 };
