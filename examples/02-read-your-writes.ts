// Keeps what each customer has spent, and reads it right behind an order: the answer has seen it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int64, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';

const orders = topic('orders', { key: utf8, value: int64 });

const builder = new StreamsBuilder();
const spent = builder
  .stream(orders)
  .groupByKey()
  .reduce((sum, cents) => sum + cents, { name: 'spent' });
const topology = builder.build();

const directory = await mkdtemp(join(tmpdir(), 'read-your-writes-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  await log.admin.createTopics([{ topic: orders, partitions: 3 }]);
  await using app = new StreamsApp({ id: 'spending', topology, log });
  await app.start();
  await app.ready();

  await using producer = log.producer();
  await producer.send(orders, { key: 'ada', value: 1_200 });
  await producer.send(orders, { key: 'grace', value: 500 });
  const after = await producer.send(orders, { key: 'ada', value: 800 });

  const answer = await app.store(spent).get('ada', { after });
  if (answer.state === 'found') console.log(`ada has spent ${answer.value}`);
  for await (const { key, value } of app.store(spent).range()) console.log(`${key}: ${value}`);
} finally {
  await rm(directory, { recursive: true });
}
