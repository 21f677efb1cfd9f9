import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemorySampler } from './memory-sampler.ts';
import type { BenchRow } from './report.ts';

setFlagsFromString('--expose-gc');
// What earlier workloads left behind is not this one's memory.
const collectGarbage: () => void = runInNewContext('gc');

/** Runs it and says what it took: time, processor time, and the most memory. */
export async function measured(
  work: Pick<BenchRow, 'workload' | 'records' | 'bytes'>,
  run: () => Promise<void> | void,
): Promise<BenchRow> {
  collectGarbage();
  const memory = new MemorySampler();
  const before = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return { ...work, elapsedMs, cpuMs: (user + system) / 1000, ...memory.stop() };
}
