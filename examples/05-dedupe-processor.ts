// Lets each payment through once in ten minutes: a processor with a store and a punctuator.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int64, keyValueStore, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';

const minuteMs = 60_000;
const withinMs = 10 * minuteMs;
const payments = topic('payments', { key: utf8, value: int64 });
const settled = topic('settled', { key: utf8, value: int64 });
const seen = keyValueStore({ name: 'seen', key: utf8, value: int64 });

const builder = new StreamsBuilder();
builder
  .stream(payments)
  .process({
    node: 'dedupe',
    stores: { seen },
    output: { key: utf8, value: int64 },
    init: ({ stores, forward, punctuate }) => {
      punctuate({ everyMs: minuteMs, time: 'stream' }, (nowMs) => {
        for (const [id, seenMs] of stores.seen.range()) {
          if (seenMs + withinMs <= nowMs) stores.seen.delete(id);
        }
      });
      return ({ key, value, timestamp }) => {
        const seenMs = stores.seen.get(key);
        if (seenMs !== undefined && timestamp < seenMs + withinMs) return;
        stores.seen.put(key, timestamp);
        forward({ key, value });
      };
    },
  })
  .peek((cents, id, { timestamp }) => console.log(`minute ${timestamp / minuteMs}: ${id} ${cents}`))
  .to(settled);
const topology = builder.build();

const directory = await mkdtemp(join(tmpdir(), 'dedupe-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  // Records of long ago are kept only where everything is.
  await log.admin.createTopics(
    [payments, settled].map((topic) => ({ topic, partitions: 1, retentionMs: -1 })),
  );
  await using producer = log.producer();
  for (const [minute, key] of [
    [1, 'p-1'],
    [2, 'p-2'],
    [3, 'p-1'],
    [12, 'p-1'],
  ] as const) {
    await producer.send(payments, { key, value: 500, timestamp: minute * minuteMs });
  }
  await using app = new StreamsApp({ id: 'dedupe', topology, log });
  await app.runUntilEnd();
} finally {
  await rm(directory, { recursive: true });
}
