// Goes on when records are bad: they go to a dead letter topic, with where they stood and why.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytes, json, nullable, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import * as v from 'valibot';

const order = v.object({ cents: v.number() });
const orders = topic('orders', { key: utf8, value: json(order) });
const totals = topic('totals', { key: utf8, value: utf8 });
const dead = topic('dead', { key: nullable(bytes), value: nullable(bytes) });

const builder = new StreamsBuilder();
builder
  .stream(orders)
  .mapValues(({ cents }) => {
    if (cents < 0) throw new RangeError('an order costs something');
    return (cents / 100).toFixed(2);
  })
  .to(totals);
const topology = builder.build();

const directory = await mkdtemp(join(tmpdir(), 'bad-records-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  await log.admin.createTopics([orders, totals, dead].map((topic) => ({ topic, partitions: 1 })));

  await using producer = log.producer();
  const raw = topic('orders', { key: utf8, value: utf8 }); // the same topic, unchecked
  for (const [key, value] of [
    ['a', '{"cents":995}'],
    ['b', 'oops'],
    ['c', '{"cents":-1}'],
  ]) {
    await producer.send(raw, { key: key ?? '', value: value ?? '' });
  }

  const deadLetter = () => ({ deadLetter: dead });
  const policies = { onDecodeError: deadLetter, onProcessError: deadLetter };
  await using app = new StreamsApp({ id: 'totals', topology, log, ...policies });
  await app.runUntilEnd();

  await using consumer = log.consumer({ assignment: [{ topic: dead, partition: 0 }] });
  const [end] = await consumer.endOffsets();
  for await (const { records, nextOffset } of consumer) {
    for (const { key, headers } of records) {
      const offset = headers.text('__streams.errors.offset');
      const message = headers.text('__streams.errors.message');
      console.log(`${Buffer.from(key ?? []).toString()} at ${offset}: ${message}`);
    }
    if (nextOffset >= (end?.offset ?? 0)) break;
  }
} finally {
  await rm(directory, { recursive: true });
}
