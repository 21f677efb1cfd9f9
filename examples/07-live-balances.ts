// Follows what each customer has spent: first what there is, then every change, also those that
// come while nobody reads.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int64, type StorePosition, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';

const orders = topic('orders', { key: utf8, value: int64 });

const builder = new StreamsBuilder();
const spent = builder
  .stream(orders)
  .groupByKey()
  .reduce((sum, cents) => sum + cents, { name: 'spent' });
const topology = builder.build();

const directory = await mkdtemp(join(tmpdir(), 'live-balances-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  await log.admin.createTopics([{ topic: orders, partitions: 1 }]);
  await using app = new StreamsApp({ id: 'spending', topology, log });
  await app.start();

  await using producer = log.producer();
  /** Resolves when what is spent is known. */
  const order = async (customer: string, cents: number): Promise<void> => {
    const after = await producer.send(orders, { key: customer, value: cents });
    await app.store(spent).get(customer, { after });
  };
  await order('ada', 1_200);

  let reached: StorePosition = [];
  for await (const event of app.subscribe(spent, { all: true })) {
    reached = event.position;
    if (event.kind === 'snapshot') {
      for (const [key, { value }] of event.rows) console.log(`${key} has spent ${value}`);
      await order('grace', 500);
    } else {
      console.log(`${event.key}: now ${event.value}`);
      break;
    }
  }

  await order('ada', 800);
  await order('ada', 300);

  let left = 2;
  for await (const event of app.subscribe(spent, { key: 'ada', from: reached })) {
    if (event.kind === 'change') console.log(`${event.key}, meanwhile: ${event.value}`);
    if (--left === 0) break;
  }
} finally {
  await rm(directory, { recursive: true });
}
