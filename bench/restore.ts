/**
 * Restores a store of a million rows from its changelog.
 *
 * Usage: npm run bench -- restore [--record]
 */
import { join } from 'node:path';
import { StreamsApp } from 'logpose';
import { counting, FilledLog } from './kit/filled-log.ts';
import { measured } from './kit/measured.ts';
import { type BenchRow, report } from './kit/report.ts';

const rows = 1_000_000;

await using filled = await FilledLog.open({
  records: rows,
  keys: rows,
  order: 'each-once',
  isCounted: true,
});
report('restore', [await restore('memory'), await restore('disk')]);

async function restore(kept: 'memory' | 'disk'): Promise<BenchRow> {
  const { log, directory } = filled;
  const stateDirectory = kept === 'disk' ? { stateDirectory: join(directory, 'state') } : {};
  await using app = new StreamsApp({ id: 'bench', topology: counting(), log, ...stateDirectory });
  const work = { workload: `restore, stores in ${kept}`, records: rows, bytes: rows * 20 };
  return await measured(work, async () => {
    await app.start();
    await app.ready();
  });
}
