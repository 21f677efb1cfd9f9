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

report('count', [await count('memory'), await count('disk')]);

async function count(kept: 'memory' | 'disk'): Promise<BenchRow> {
  await using filled = await FilledLog.open({ records, keys, order: 'mixed', isCounted: false });
  const { log, directory } = filled;
  const stateDirectory = kept === 'disk' ? { stateDirectory: join(directory, 'state') } : {};
  const app = new StreamsApp({ id: 'bench', topology: counting(), log, ...stateDirectory });
  const work = { workload: `count ${keys} keys, stores in ${kept}`, records, bytes: records * 20 };
  return await measured(work, () => app.runUntilEnd());
}
