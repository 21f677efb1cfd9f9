import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

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

/** Prints the figures; with `--record` also keeps them in `bench/results/`, with the machine. */
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
  if (!process.argv.includes('--record')) return;
  const directory = fileURLToPath(new URL('../results/', import.meta.url));
  mkdirSync(directory, { recursive: true });
  const recorded = {
    command: 'npm run bench -- shop --record',
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      // Others at work on the machine make every figure worse.
      loadAverage: loadavg()[0],
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    rows,
  };
  writeFileSync(`${directory}shop.json`, `${JSON.stringify(recorded, null, 2)}\n`);
}
