import { MemorySampler } from './memory-sampler.ts';
import type { BenchRow } from './report.ts';

/** Runs it and says what it took: time, processor time, and the most memory. */
export async function measured(
  work: Pick<BenchRow, 'workload' | 'records' | 'bytes'>,
  run: () => Promise<void> | void,
): Promise<BenchRow> {
  globalThis.gc?.();
  const memory = new MemorySampler();
  const before = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return { ...work, elapsedMs, cpuMs: (user + system) / 1000, ...memory.stop() };
}
