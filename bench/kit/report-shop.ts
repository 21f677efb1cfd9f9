import { cpus, loadavg } from 'node:os';
import { record } from './record.ts';

/** One line of the shop's figures. Times of a start are in `p50Ms`. */
export interface ShopRow {
  readonly workload: string;
  readonly goal: string;
  readonly p50Ms: number;
  readonly p99Ms?: number;
  readonly perSecond?: number;
  readonly good?: number;
  readonly bad?: number;
  /** Processor time of the shop for one request, or for the start. */
  readonly cpuMsEach?: number;
}

/** Prints the figures; with `--record` also keeps them. */
export function reportShop(rows: readonly ShopRow[]): void {
  console.table(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'number' ? Math.round(value * 100) / 100 : value,
        ]),
      ),
    ),
  );
  console.log(`load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`);
  record('shop', rows);
}
