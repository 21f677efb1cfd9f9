/**
 * Counts records by key: from a topic on disk to committed state and output.
 *
 * Usage: npm run bench -- count [--record]
 */
import { join } from 'node:path';
import { StreamsApp } from 'logpose';
import { counting, FilledLog } from './kit/filled-log.ts';
import { measured } from './kit/measured.ts';
import { type BenchRow, report } from './kit/report.ts';

const records = 4_000_000;
const keys = 100_000;

const rows: BenchRow[] = [];
for (const commitIntervalMs of [100, 1000]) {
  for (const kept of ['memory', 'disk'] as const) rows.push(await count(kept, commitIntervalMs));
}
report('count', rows);

async function count(kept: 'memory' | 'disk', commitIntervalMs: number): Promise<BenchRow> {
  await using filled = await FilledLog.open({ records, keys, order: 'mixed', isCounted: false });
  const { log, directory } = filled;
  const stateDirectory = kept === 'disk' ? { stateDirectory: join(directory, 'state') } : {};
  const options = { topology: counting(), log, commitIntervalMs, ...stateDirectory };
  const app = new StreamsApp({ id: 'bench', ...options });
  const workload = `count ${keys} keys, stores in ${kept}, commit every ${commitIntervalMs} ms`;
  return await measured({ workload, records, bytes: records * 20 }, () => app.runUntilEnd());
}
