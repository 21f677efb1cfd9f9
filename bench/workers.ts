/**
 * Counts records of four partitions on the main thread, in one worker thread and in two: alone, and
 * behind a callback that costs time.
 *
 * Usage: npm run bench -- workers [--record]
 */
import { type Log, StreamsApp } from 'logpose';
import { portOf } from '../logpose/src/client/create-log.ts';
import { events, FilledLog } from './kit/filled-log.ts';
import { measured } from './kit/measured.ts';
import { type BenchRow, report } from './kit/report.ts';

const workloads = [
  { name: 'count', module: './kit/counting-app.ts', records: 2_000_000 },
  { name: 'count behind a costly callback', module: './kit/costly-app.ts', records: 300_000 },
] as const;
const keys = 100_000;
const partitions = 4;

const rows: BenchRow[] = [];
for (const workload of workloads) {
  for (const workers of [0, 1, 2]) rows.push(await run(workload, workers));
}
report('workers', rows);

async function run(
  { name, module, records }: (typeof workloads)[number],
  workers: number,
): Promise<BenchRow> {
  const filling = { records, keys, order: 'mixed', isCounted: false, partitions } as const;
  await using filled = await FilledLog.open(filling);
  const { log } = filled;
  const url = new URL(module, import.meta.url);
  const app = new StreamsApp({ id: 'bench', log, module: url, workers });
  // Threads take a moment to load: not what is measured.
  app.pause();
  await app.start();
  await app.ready();
  const where = workers === 0 ? 'on the main thread' : `workers: ${workers}`;
  const work = { workload: `${name}, ${where}`, records, bytes: records * 20 };
  return await measured(work, async () => {
    app.resume();
    await committed(log);
    await app.close();
  });
}

/** Resolves when all that is in the log is processed and committed. */
async function committed(log: Log): Promise<void> {
  const { admin } = portOf(log);
  const inputs = Array.from({ length: partitions }, (_, partition) => ({
    topic: events.name,
    partition,
  }));
  const ends = await admin.offsetRanges(inputs);
  for (let isThere = false; !isThere; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const offsets = await admin.committedOffsets('bench', inputs);
    isThere = ends.every(({ endOffset }, at) => (offsets[at]?.offset ?? 0) >= endOffset);
  }
}
