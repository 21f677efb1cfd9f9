import {
  bytes,
  type Definition,
  defineApp,
  type InstanceMetadata,
  int32,
  type KeyValueReader,
  keyValueStore,
  type Log,
  lmdbStores,
  memoryStores,
  type RecordPosition,
  type StoreEngineFactory,
  StreamsApp,
  type SubscriptionEvent,
  type Timestamped,
  type TopicDescription,
  tumbling,
  type Windowed,
  type WindowReader,
  type WindowTable,
} from 'logpose';
import { TestDriver } from 'logpose/testing';
import { builder, events, names, stream, sums, totals } from './events.ts';
import { is } from './same.ts';

declare const log: Log;
const topology = builder.build();

// Applications.
new StreamsApp({ id: 'a', log, topology, stores: { engine: memoryStores } });
new StreamsApp({ id: 'a', log, topology, stores: { engine: lmdbStores({ maxScanMs: 1000 }) } });
declare const own: StoreEngineFactory;
const app = new StreamsApp({ id: 'a', log, topology, stores: { engine: own } });
// @ts-expect-error Functions cannot cross to workers: give the module.
new StreamsApp({ id: 'a', log, topology, workers: 4 });
const module = new URL('file:///app.js');
new StreamsApp({ id: 'a', log, module, workers: 4, onWorkerFailure: () => 'replace' });
is<Definition>().of(defineApp({ topology, onDecodeError: () => 'continue' }));
// @ts-expect-error How many workers there are, who starts them says.
defineApp({ topology, workers: 0 });
// @ts-expect-error A module without a number of workers.
new StreamsApp({ id: 'a', log, module });
// @ts-expect-error A worker fails or is replaced.
new StreamsApp({ id: 'a', log, module, workers: 4, onWorkerFailure: () => 'continue' });
// @ts-expect-error Two guarantees exist.
new StreamsApp({ id: 'a', log, topology, guarantee: 'at-most-once' });
// @ts-expect-error A dead letter is bytes.
new StreamsApp({ id: 'a', log, topology, onDecodeError: () => ({ deadLetter: totals }) });
app.on('dropped', ({ count, position }) => {
  is<number>().of(count);
  is<RecordPosition | undefined>().of(position);
});
// @ts-expect-error There is no such event.
app.on('stopped', () => undefined);

// Reading state.
const perMinute = stream
  .groupByKey()
  .windowedBy(tumbling({ sizeMs: 60_000, graceMs: 0 }))
  .count({ name: 'per-minute' });
is<WindowTable<string, number>>().of(perMinute);
is<KeyValueReader<string, Timestamped<number>>>().of(app.store(sums));
is<WindowReader<string, Timestamped<number>>>().of(app.store(perMinute));
void app.store(keyValueStore({ name: 'k', key: int32, value: bytes })).get(7);
void app.store(sums.filter((n) => n > 1).materialize({ name: 'many-sums' })).get('ada');
void app
  .store(sums)
  .get('ada')
  .then((answer) => {
    if (answer.state === 'found') {
      is<number>().of(answer.value);
      is<number>().of(answer.timestamp);
    }
    // @ts-expect-error Not every answer has a value.
    void answer.value;
  });
// @ts-expect-error Nothing is stored here: materialize({ name }) first.
app.store(sums.filter((n) => n > 1));
// @ts-expect-error A stream keeps nothing.
app.store(stream);
// @ts-expect-error The key is text.
void app.store(sums).get(7);
// @ts-expect-error A window is found by key and start.
void app.store(perMinute).get('ada');
void app.store(sums).get('ada', { standby: 'allowed' });
// @ts-expect-error A standby is allowed or refused.
void app.store(sums).get('ada', { standby: true });

// Subscribing.
is<AsyncIterable<SubscriptionEvent<string, number>>>().of(app.subscribe(sums, { key: 'ada' }));
is<AsyncIterable<SubscriptionEvent<Windowed<string>, number>>>().of(
  app.subscribe(perMinute, { key: { key: 'ada', window: { startMs: 0, endMs: 60_000 } } }),
);
app.subscribe(sums, { prefix: 'a', maxBuffered: 10, from: [] });
app.subscribe(perMinute, { prefix: new Uint8Array() });
app.subscribe(sums, { all: true, signal: new AbortController().signal });
// @ts-expect-error Which rows, must be said.
app.subscribe(sums, {});
// @ts-expect-error A window is named by its times too.
app.subscribe(perMinute, { key: 'ada' });
// @ts-expect-error Text is no prefix of a windowed key.
app.subscribe(perMinute, { prefix: 'a' });
// @ts-expect-error A stream keeps nothing.
app.subscribe(stream, { all: true });

// Metadata.
is<readonly InstanceMetadata[]>().of(app.metadata.instances());
is<InstanceMetadata | undefined>().of(app.metadata.ownerOf(sums, 'ada'));
// @ts-expect-error The key is text.
app.metadata.ownerOf(sums, 7);

// Clients.
const plain = log.producer();
const transactional = log.producer({ transactionalId: 't' });
void plain.send(totals, { key: 'ada', value: 1, partition: 0 });
void plain.send(totals, { key: 'ada', value: null });
void transactional.transaction(async (tx) => void (await tx.send(totals, { key: 'a', value: 1 })));
// @ts-expect-error The topic's values are numbers.
void plain.send(totals, { key: 'ada', value: 'one' });
// @ts-expect-error Without a transactional id there are no transactions.
void plain.transaction(async () => {});
// @ts-expect-error What is sent outside of the transaction is not in it.
void transactional.send(totals, { key: 'ada', value: 1 });
// @ts-expect-error A transaction is sent at its end, not after a while.
log.producer({ transactionalId: 't', lingerMs: 5 });
for await (const batch of log.consumer({ topics: [totals, names], groupId: 'g' })) {
  for (const record of batch.records) is<string | number>().of(record.value);
}
is<readonly (TopicDescription | undefined)[]>().of(await log.admin.describeTopics([totals]));

// The test driver.
const driver = new TestDriver(topology);
driver.send(events, 'ada', { kind: 'payment', cents: 1 });
is<[key: string, value: number | null][]>().of(driver.read(totals));
is<Timestamped<number> | undefined>().of(driver.store(sums).get('ada'));
driver.changelog(sums);
new TestDriver(topology, { layout: 'as-deployed', partitions: 3, commit: 'manual', startMs: 5 });
driver.send(events, 'ada', { kind: 'payment', cents: 1 }, { partition: 2, timestampMs: 5 });
// @ts-expect-error No such layout.
new TestDriver(topology, { layout: 'deployed' });
// @ts-expect-error Not an event.
driver.send(events, 'ada', { kind: 'payment' });
// @ts-expect-error A driver's stores are for reading.
driver.store(sums).put('ada', { value: 1, timestamp: 0 });
