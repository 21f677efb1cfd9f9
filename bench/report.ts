import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What one workload took. */
export interface BenchRow {
  readonly workload: string;
  readonly records: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** The most anonymous and external memory that was seen: what is both counts twice. */
  readonly peakBytes?: number;
  /** The most anonymous memory that was seen. */
  readonly peakAnonymousBytes?: number;
}

/** Prints one table; with `--record` also keeps it in `bench/results/`, with the machine. */
export async function report(name: string, rows: readonly BenchRow[]): Promise<void> {
  console.table(
    rows.map(({ workload, records, bytes, elapsedMs, cpuMs, peakBytes, peakAnonymousBytes }) => ({
      workload,
      'k records/s': Math.round(records / elapsedMs),
      'MB/s': Math.round(bytes / elapsedMs / 1000),
      'CPU s per M records': Number(((cpuMs / records) * 1000).toFixed(3)),
      ...(peakBytes !== undefined && { 'peak MB': Math.round(peakBytes / 1e6) }),
      ...(peakAnonymousBytes !== undefined && {
        'anonymous MB': Math.round(peakAnonymousBytes / 1e6),
      }),
    })),
  );
  if (!process.argv.includes('--record')) return;
  const directory = fileURLToPath(new URL('./results/', import.meta.url));
  mkdirSync(directory, { recursive: true });
  const [cpu] = cpus();
  const recorded = {
    command: `node --conditions=source bench/${name}.ts --record`,
    machine: {
      cpu: cpu?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      // Others at work on the machine make every figure smaller.
      loadAverage: loadavg()[0],
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    rows,
  };
  writeFileSync(`${directory}${name}.json`, `${JSON.stringify(recorded, null, 2)}\n`);
}
