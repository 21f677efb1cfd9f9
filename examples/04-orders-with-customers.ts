// Puts the customer's discount on each order: the discount that held at the time of the order.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int32, int64, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';

const discounts = topic('discounts', { key: utf8, value: int32 }); // percent, by customer
const orders = topic('orders', { key: utf8, value: int64 }); // cents, by customer
const invoices = topic('invoices', { key: utf8, value: int64 });

const builder = new StreamsBuilder();
const discountOf = builder.table(discounts, { name: 'discounts' });
builder
  .stream(orders)
  .leftJoin(discountOf, (cents, percent = 0) => Math.round(cents * (1 - percent / 100)))
  .peek((cents, customer) => console.log(`${customer} pays ${cents}`))
  .to(invoices);
const topology = builder.build();

const directory = await mkdtemp(join(tmpdir(), 'orders-with-customers-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  // A stream and the table it looks rows up in need equally many partitions. Records of long ago
  // are kept only where everything is.
  await log.admin.createTopics(
    [discounts, orders, invoices].map((topic) => ({ topic, partitions: 1, retentionMs: -1 })),
  );

  await using producer = log.producer();
  await producer.send(discounts, { key: 'ada', value: 10, timestamp: 1_000 });
  await producer.send(discounts, { key: 'ada', value: 50, timestamp: 3_000 });
  await producer.send(orders, { key: 'ada', value: 1_000, timestamp: 2_000 });
  await producer.send(orders, { key: 'grace', value: 1_000, timestamp: 2_500 });
  await producer.send(orders, { key: 'ada', value: 1_000, timestamp: 4_000 });

  await using app = new StreamsApp({ id: 'invoicing', topology, log });
  await app.runUntilEnd();
} finally {
  await rm(directory, { recursive: true });
}
