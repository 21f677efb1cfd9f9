// Counts words: two lines go in, their words and how often each was seen come out. Ends by itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int64, nullable, StreamsApp, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';

const lines = topic('lines', { key: nullable(utf8), value: utf8 });
const counts = topic('counts', { key: utf8, value: int64 });

const builder = new StreamsBuilder();
builder
  .stream(lines)
  .flatMapValues((line) => line.toLowerCase().split(/\W+/))
  .groupBy((word) => word, { name: 'by-word', key: utf8, value: utf8 })
  .count({ name: 'word-counts' })
  .toStream()
  .to(counts);
const topology = builder.build();

const directory = await mkdtemp(join(tmpdir(), 'word-count-'));
try {
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  await log.admin.createTopics([
    { topic: lines, partitions: 1 },
    { topic: counts, partitions: 1 },
  ]);

  await using producer = log.producer();
  await producer.send(lines, { key: null, value: 'the moon and the stars' });
  await producer.send(lines, { key: null, value: 'the stars and the sea' });

  const stateDirectory = join(directory, 'state');
  await using app = new StreamsApp({ id: 'word-count', topology, log, stateDirectory });
  await app.runUntilEnd();

  await using consumer = log.consumer({ assignment: [{ topic: counts, partition: 0 }] });
  const [end] = await consumer.endOffsets();
  for await (const { records, nextOffset } of consumer) {
    for (const { key, value } of records) console.log(`${key}: ${value}`);
    if (nextOffset >= (end?.offset ?? 0)) break;
  }
} finally {
  await rm(directory, { recursive: true });
}
