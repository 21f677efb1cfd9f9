// A process to be killed: feeds words to a log in its directory and counts them.
// Arguments: directory, 'memory' or 'disk', 'feed' or 'finish', time between flushes.
import { join } from 'node:path';
import { withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { openEmbeddedLog } from '../../src/log-embedded/open-embedded-log.ts';
import { lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { countingTopology, counts, words } from './counting-topology.ts';

const [, , directory = '', kept, task, flushIntervalMs = '20'] = process.argv;
const keys = 40;

await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
await log.admin.createTopics([
  { topic: words, partitions: 2 },
  { topic: counts, partitions: 2 },
]);
const options = {
  id: 'counting',
  topology: countingTopology(),
  log,
  emit: 'each-change' as const,
  commitIntervalMs: 10,
};
// Flushed and trusted so soon that kills find files in every state.
const onDisk = {
  stateDirectory: join(directory, 'state'),
  stores: { engine: lmdbStores({ openingGraceMs: 50 }) },
};
await using app = new StreamsApp(
  withInternals(kept === 'disk' ? { ...options, ...onDisk } : options, {
    settings: { flushIntervalMs: Number(flushIntervalMs) },
  }),
);
app.on('error', (error) => {
  if (error.code !== 'STORE_DAMAGED') console.error(error);
});

if (task === 'finish') {
  await app.runUntilEnd();
} else {
  await app.start();
  app.ready().then(() => console.log('running'));
  await using producer = log.producer();
  for (let round = 0; ; round++) {
    const sends = Array.from({ length: keys }, (_, key) =>
      producer.send(words, { key: `word-${key}`, value: round }),
    );
    await Promise.all(sends);
  }
}
