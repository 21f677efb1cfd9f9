// Counts orders by the days of Seoul. A minute after midnight there it is a new day, though in UTC
// it is still afternoon of the old one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendar, int64, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';

const zone = 'Asia/Seoul';
const orders = topic('orders', { key: utf8, value: int64 });

const builder = new StreamsBuilder();
const perDay = builder
  .stream(orders)
  .groupByKey()
  .windowedBy(calendar({ unit: 'day', zone, graceMs: 3_600_000 }))
  .count({ name: 'orders-per-day' });
const topology = builder.build();

const directory = await mkdtemp(join(tmpdir(), 'daily-counts-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  // These orders are of long ago, and are kept only where everything is.
  await log.admin.createTopics([{ topic: orders, partitions: 1, retentionMs: -1 }]);
  const internalTopics = { config: { 'retention.ms': '-1' } };
  await using app = new StreamsApp({ id: 'daily-counts', topology, log, internalTopics });
  await app.start();
  await app.ready();

  await using producer = log.producer();
  const order = (time: string) =>
    producer.send(orders, { key: 'compass', value: 1, timestamp: Date.parse(time) });
  await order('2026-03-01T14:58:00Z'); // 23:58 in Seoul
  await order('2026-03-01T15:01:00Z'); // 00:01, the next day
  const after = await order('2026-03-01T14:59:00Z'); // late, but within the grace

  for await (const { key, value } of app.store(perDay).fetch('compass', {}, { after })) {
    const day = new Date(key.window.startMs).toLocaleDateString('sv-SE', { timeZone: zone });
    console.log(`${day} ${key.key}: ${value}`);
  }
} finally {
  await rm(directory, { recursive: true });
}
