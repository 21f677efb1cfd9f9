/**
 * Restores a store of a million rows from its changelog.
 *
 * Usage: npm run bench -- restore [--record]
 */
import { join } from 'node:path';
import { StreamsApp } from 'logpose';
import { counting, FilledLog, type Filling } from './kit/filled-log.ts';
import { measured } from './kit/measured.ts';
import { type BenchRow, report } from './kit/report.ts';

const rows = 1_000_000;

const measuredRows: BenchRow[] = [];
for (const order of ['each-once', 'scattered'] as const) {
  await using filled = await FilledLog.open({ records: rows, keys: rows, order, isCounted: true });
  for (const kept of ['memory', 'disk'] as const) {
    measuredRows.push(await restore(filled, { kept, order }));
  }
}
report('restore', measuredRows);

async function restore(
  { log, directory }: FilledLog,
  { kept, order }: { readonly kept: 'memory' | 'disk'; readonly order: Filling['order'] },
): Promise<BenchRow> {
  const stateDirectory = kept === 'disk' ? { stateDirectory: join(directory, 'state') } : {};
  await using app = new StreamsApp({ id: 'bench', topology: counting(), log, ...stateDirectory });
  const workload = `restore keys ${order}, stores in ${kept}`;
  return await measured({ workload, records: rows, bytes: rows * 20 }, async () => {
    await app.start();
    await app.ready();
  });
}
