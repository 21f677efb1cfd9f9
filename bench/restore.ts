/**
 * Restores a store of a million rows from its changelog.
 *
 * Usage: node --conditions=source bench/restore.ts [--record]
 */
import { join } from 'node:path';
import { StreamsApp } from 'logpose';
import { counting, FilledLog } from './filled-log.ts';
import { measured } from './measured.ts';
import { type BenchRow, report } from './report.ts';

const rows = 1_000_000;

await using filled = await FilledLog.open({
  records: rows,
  keys: rows,
  order: 'each-once',
  isCounted: true,
});
await report('restore', [await restore('memory'), await restore('disk')]);

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
