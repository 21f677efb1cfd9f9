/**
 * Counts records by key: from a topic on disk to committed state and output.
 *
 * Usage: node --conditions=source bench/count.ts [--record]
 */
import { join } from 'node:path';
import { int64, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { events, FilledLog } from './filled-log.ts';
import { MemorySampler } from './memory-sampler.ts';
import { type BenchRow, report } from './report.ts';

const records = 4_000_000;
const keys = 100_000;
const counts = topic('counts', { key: utf8, value: int64 });

await report('count', [await count('memory'), await count('disk')]);

async function count(kept: 'memory' | 'disk'): Promise<BenchRow> {
  await using filled = await FilledLog.open({ records, keys, order: 'mixed' });
  const { log, directory } = filled;
  await log.admin.createTopics([{ topic: counts, partitions: 1 }]);
  const stateDirectory = kept === 'disk' ? { stateDirectory: join(directory, 'state') } : {};
  const app = new StreamsApp({ id: 'bench', topology: counting(), log, ...stateDirectory });
  const memory = new MemorySampler();
  const before = process.cpuUsage();
  const startMs = performance.now();
  await app.runUntilEnd();
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return {
    workload: `count ${keys} keys, stores in ${kept}`,
    records,
    bytes: records * 20,
    elapsedMs,
    cpuMs: (user + system) / 1000,
    peakBytes: memory.stop(),
  };
}

function counting() {
  const builder = new StreamsBuilder();
  builder.stream(events).groupByKey().count({ name: 'counts-by-key' }).toStream().to(counts);
  return builder.build();
}
