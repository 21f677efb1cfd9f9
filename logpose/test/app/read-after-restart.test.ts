import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StreamsApp, StreamsBuilder, topic, utf8 } from '../../src/index.ts';
import { openEmbeddedLog } from '../../src/log-embedded/open-embedded-log.ts';

const words = topic('words', { key: utf8, value: utf8 });

test('what a store on disk has is read after a restart, before any record', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'restart-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  {
    await using running = await start(directory);
    await using producer = running.log.producer();
    const after = await producer.send(words, { key: 'ada', value: '' });
    await running.app.store(running.counts).get('ada', { after });
  }

  await using again = await start(directory);
  const answer = await again.app.store(again.counts).get('ada');

  assert.deepEqual([answer.state, 'value' in answer && answer.value], ['found', 1]);
});

async function start(directory: string) {
  const opened = new AsyncDisposableStack();
  const log = opened.use(await openEmbeddedLog({ directory: join(directory, 'log') }));
  await log.admin.createTopics([{ topic: words, partitions: 1 }]);
  const builder = new StreamsBuilder();
  const counts = builder.stream(words).groupByKey().count({ name: 'counts' });
  const stateDirectory = join(directory, 'state');
  const topology = builder.build();
  const app = opened.use(new StreamsApp({ id: 'restart', topology, log, stateDirectory }));
  await app.start();
  await app.ready();
  return { log, app, counts, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
