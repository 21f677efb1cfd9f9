import { compare } from './compare.ts';
import { record } from './record.ts';

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

/** Prints one table; with `--record` also keeps it, with `--against` compares with what is kept. */
export function report(name: string, rows: readonly BenchRow[]): void {
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
  compare(name, rows);
  record(name, rows);
}
