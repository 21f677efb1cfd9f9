// A process to be killed: feeds words to a log in its directory and counts them.
// Arguments: directory, 'memory' or 'disk', 'feed' or 'finish'.
import { join } from 'node:path';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { openEmbeddedLog } from '../../src/log-embedded/open-embedded-log.ts';
import { countingTopology, counts, words } from './counting-topology.ts';

const [, , directory = '', kept, task] = process.argv;
const keys = 40;

await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
await log.admin.createTopics([
  { topic: words, partitions: 2 },
  { topic: counts, partitions: 2 },
]);
await using app = new StreamsApp({
  id: 'counting',
  topology: countingTopology(),
  log,
  emit: 'each-change',
  commitIntervalMs: 10,
  ...(kept === 'disk' && { stateDirectory: join(directory, 'state') }),
});
app.on('error', (error) => console.error(error));

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
