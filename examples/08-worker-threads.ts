// Counts in two worker threads, which share the partitions, and reads what both have counted.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamsApp } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { lines, perLength } from './08-word-lengths.ts';

const directory = await mkdtemp(join(tmpdir(), 'worker-threads-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  await log.admin.createTopics([{ topic: lines, partitions: 4 }]);
  await using producer = log.producer();
  for (const line of ['the sea and the stars', 'the moon and the stars', 'sea, sea, sea']) {
    await producer.send(lines, { key: line, value: line });
  }

  const module = new URL('./08-word-lengths.ts', import.meta.url);
  await using app = new StreamsApp({ id: 'word-lengths', log, module, workers: 2 });
  await app.start();

  const words = new Map<number, number>();
  for await (const event of app.subscribe(perLength, { all: true })) {
    const rows = event.kind === 'snapshot' ? event.rows : [[event.key, event] as const];
    for (const [length, { value }] of rows) words.set(length, value ?? 0);
    if ([...words.values()].reduce((sum, count) => sum + count, 0) === 13) break;
  }
  for (const [length, count] of words) console.log(`${count} words of ${length} letters`);
} finally {
  await rm(directory, { recursive: true });
}
