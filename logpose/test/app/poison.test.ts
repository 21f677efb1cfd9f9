import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import {
  bytes,
  type FailurePolicies,
  int64,
  type Log,
  noHeaders,
  nullable,
  StreamsApp,
  StreamsBuilder,
  serde,
  type Topic,
  topic,
  tumbling,
  utf8,
} from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { portOf } from '../../src/client/create-log.ts';
import { BatchBuilder, type EncodedRecord } from '../../src/log/batch-builder.ts';

/** Text of well-formed bytes; the serde `utf8` replaces what is not, as the JVM's does. */
const strict = serde<string>({
  encode: (text) => Buffer.from(text),
  decode: (encoded) => new TextDecoder('utf-8', { fatal: true }).decode(encoded),
  holds: 'primitive',
});
const orders = topic('orders', { key: strict, value: int64 });
const names = topic('names', { key: strict, value: strict });
const totals = topic('totals', { key: utf8, value: int64 });
const named = topic('named', { key: utf8, value: utf8 });
const letters = topic('letters', { key: nullable(bytes), value: nullable(bytes) });

const illFormed = Uint8Array.of(0xc3, 0x28);
const tooShort = Uint8Array.of(1, 2, 3);
const one = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1);
const year3000Ms = 32_503_680_000_000;

/** Records that no topology should have to meet, one of each kind. */
const poison: readonly Raw[] = [
  { key: illFormed, value: one },
  { key: Buffer.from('ada'), value: tooShort },
  { key: null, value: one },
  { key: Buffer.from('ada'), value: null },
  { key: Buffer.from('ada'), value: one, timestamp: -1 },
  { key: Buffer.from('ada'), value: one, timestamp: -(2 ** 53) },
];

suite('poison in a topic that is a stream', () => {
  test('is left out, record by record, and the rest goes on', async () => {
    await using world = await World.open();
    await world.sendRaw(orders, ...poison, fine('ada', 100), ...poison, fine('bob', 100));

    const { app, dropped } = await world.run(summing(), { onDecodeError: () => 'continue' });

    assert.deepEqual(await world.read(totals), ['ada=1', 'bob=1']);
    assert.deepEqual(reasons(app), { 'decode-failed': 8, 'negative-timestamp': 4 });
    assert.deepEqual([...new Set(dropped)], ['decode-failed', 'negative-timestamp']);
  });

  test('is kept as dead letters, byte by byte, with the place it stood', async () => {
    await using world = await World.open();
    await world.sendRaw(orders, ...poison, fine('ada', 100));

    await world.run(summing(), { onDecodeError: () => ({ deadLetter: letters }) });

    assert.deepEqual(await world.letters(), [
      'c328 0000000000000001 orders@0 TypeError',
      '616461 010203 orders@1 RangeError',
      'null 0000000000000001 orders@2 DecodeError',
      '616461 null orders@3 DecodeError',
    ]);
    assert.deepEqual(await world.read(totals), ['ada=1']);
  });

  test('ends the application by default, with nothing of its transaction in the log', async () => {
    await using world = await World.open();
    await world.sendRaw(orders, fine('ada', 100), ...poison);

    await assert.rejects(world.run(summing()), { code: 'DECODE_FAILED' });

    assert.deepEqual(await world.read(totals), []);
  });

  test('may be of the far future: windows of others are late then, the rest goes on', async () => {
    await using world = await World.open();
    const at = (timestamp: number) => fine('ada', timestamp);
    await world.sendRaw(
      orders,
      at(10),
      at(year3000Ms),
      at(20),
      at(Number.MAX_SAFE_INTEGER),
      at(30),
    );

    const { app } = await world.run(perSecond());

    assert.deepEqual(reasons(app), { late: 2 });
    assert.deepEqual(await world.read(totals), [
      'ada@0=1',
      `ada@${year3000Ms}=1`,
      `ada@${Math.floor(Number.MAX_SAFE_INTEGER / 1000) * 1000}=1`,
    ]);
  });

  test('may be of a time beyond all numbers: dropped and counted', async () => {
    await using world = await World.open();
    await world.sendRaw(orders, fine('ada', 2 ** 62), fine('ada', 2 ** 53), fine('bob', 5));

    const { app } = await world.run(summing());

    assert.deepEqual(await world.read(totals), ['bob=1']);
    assert.deepEqual(reasons(app), { 'timestamp-too-large': 2 });
  });
});

suite('poison in a topic that is a table', () => {
  test('is left out; a null value deletes', async () => {
    await using world = await World.open();
    await world.sendRaw(
      names,
      { key: Buffer.from('bob'), value: Buffer.from('Bob'), timestamp: 1 },
      { key: Buffer.from('ada'), value: illFormed, timestamp: 2 },
      { key: illFormed, value: Buffer.from('Ada'), timestamp: 2 },
      { key: null, value: Buffer.from('Nobody'), timestamp: 2 },
      { key: Buffer.from('ada'), value: Buffer.from('Ada'), timestamp: -5 },
      { key: Buffer.from('eve'), value: Buffer.from('Eve'), timestamp: 3 },
      { key: Buffer.from('eve'), value: null, timestamp: 4 },
    );
    await world.sendRaw(orders, fine('ada', 100), fine('bob', 100), fine('eve', 100));

    const { app } = await world.run(naming(), { onDecodeError: () => 'continue' });

    assert.deepEqual(await world.read(named), ['ada=?', 'bob=Bob', 'eve=?']);
    assert.deepEqual(reasons(app), {
      'decode-failed': 2,
      'null-key': 1,
      'negative-timestamp': 1,
    });
  });

  test('ends the application by default', async () => {
    await using world = await World.open();
    await world.sendRaw(names, { key: Buffer.from('ada'), value: illFormed });

    await assert.rejects(world.run(naming()), { code: 'DECODE_FAILED', part: 'value' });
  });
});

suite('poison on its way through a repartition topic', () => {
  test('is left out where the new key is null, before it is written', async () => {
    await using world = await World.open();
    await world.sendRaw(orders, fine('ada', 1), fine('none', 2), fine('bob', 3));

    const { app } = await world.run(regrouping());

    assert.deepEqual(await world.read(totals), ['a=1', 'b=1']);
    // As on the JVM that is what `null` asks for.
    assert.deepEqual(reasons(app), {});
  });

  test('is left out where somebody wrote it there', async () => {
    await using world = await World.open();
    const between = { name: 'poison-by-letter-repartition' };
    await world.run(regrouping());
    await world.sendRaw(between, ...poison);
    await world.sendRaw(orders, fine('ada', 1));

    const { app } = await world.run(regrouping(), { onDecodeError: () => 'continue' });

    assert.deepEqual(await world.read(totals), ['a=1']);
    // Null passes there, whatever the serdes: it is dropped where it is counted.
    assert.deepEqual(reasons(app), {
      'decode-failed': 2,
      'null-key-or-value': 2,
      'negative-timestamp': 2,
    });
  });
});

suite('a time that is no time', () => {
  for (const timestamp of [Number.NaN, 1.5, Number.POSITIVE_INFINITY, 2 ** 53]) {
    test(`is refused by whoever sends it: ${timestamp}`, async () => {
      await using world = await World.open();
      const record = { key: 'ada', value: 1, timestamp };
      await using producer = world.log.producer();
      await using transactional = world.log.producer({ transactionalId: 't' });

      const refused = { code: 'ENCODE_FAILED' };
      await assert.rejects(producer.send(orders, record), refused);
      await assert.rejects(
        transactional.transaction((tx) => tx.send(orders, record)),
        refused,
      );

      assert.deepEqual(await world.read(orders), []);
    });

    test(`is refused by whoever forwards it: ${timestamp}`, async () => {
      await using world = await World.open();
      const builder = new StreamsBuilder();
      builder
        .stream(orders)
        .process({
          output: { key: utf8, value: int64 },
          init: (context) => (record) => context.forward({ ...record, timestamp }),
        })
        .to(totals);
      await world.sendRaw(orders, fine('ada', 1));

      await assert.rejects(world.run(builder.build()), { code: 'PROCESS_FAILED' });
    });
  }
});

interface Raw {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp?: number;
}

const nothing = new Uint8Array(0);

function encoded({ key, value, timestamp = 50 }: Raw): EncodedRecord {
  return {
    keyBytes: key ?? nothing,
    keyStart: 0,
    keyLength: key?.length ?? -1,
    valueBytes: value ?? nothing,
    valueStart: 0,
    valueLength: value?.length ?? -1,
    timestamp,
    headers: noHeaders,
  };
}

function fine(key: string, timestamp: number): Raw {
  return { key: Buffer.from(key), value: one, timestamp };
}

/** An embedded log in a directory of its own, with the topics. */
class World implements AsyncDisposable {
  readonly log: Log;
  readonly #directory: string;

  private constructor(log: Log, directory: string) {
    this.log = log;
    this.#directory = directory;
  }

  static async open(): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'poison-'));
    const log = await openEmbeddedLog({ directory: join(directory, 'log'), fsync: 'never' });
    const topics = [orders, names, totals, named, letters];
    await log.admin.createTopics(topics.map((each) => ({ topic: each, partitions: 1 })));
    return new World(log, directory);
  }

  /** Writes bytes and times as they are, which no client of ours would. */
  async sendRaw({ name }: { readonly name: string }, ...records: readonly Raw[]): Promise<void> {
    const producer = portOf(this.log).producer();
    for (const record of records) {
      const batch = new BatchBuilder();
      batch.add(encoded(record));
      await producer.append({ topic: name, partition: 0 }, batch);
    }
    await producer.close();
  }

  /** Runs an application until the end of what is there. */
  async run(topology: ReturnType<StreamsBuilder['build']>, policies: FailurePolicies = {}) {
    const app = new StreamsApp({ id: 'poison', log: this.log, topology, ...policies });
    const dropped: string[] = [];
    app.on('dropped', ({ reason }) => dropped.push(reason));
    await app.runUntilEnd();
    return { app, dropped };
  }

  /** What is in a topic, as `key=value`. */
  async read<V>(from: Topic<string, V>): Promise<readonly string[]> {
    return (await this.#records(from)).map(({ key, value }) => `${key}=${value}`);
  }

  /** Dead letters as key, value, where they come from, and why. */
  async letters(): Promise<readonly string[]> {
    return (await this.#records(letters)).map(({ key, value, headers }) => {
      const of = (name: string) => headers.text(`__streams.errors.${name}`);
      return `${hex(key)} ${hex(value)} ${of('topic')}@${of('offset')} ${of('exception')}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true });
  }

  async #records<K, V>(from: Topic<K, V>) {
    const assignment = [{ topic: from, partition: 0, offset: 0 }];
    await using consumer = this.log.consumer({ assignment });
    const [end] = await consumer.endOffsets();
    const records = [];
    if (end === undefined || end.offset === 0) return [];
    for await (const batch of consumer) {
      records.push(...batch.records);
      if (batch.nextOffset >= end.offset) break;
    }
    return records;
  }
}

function hex(part: Uint8Array | null): string {
  return part === null ? 'null' : Buffer.from(part).toString('hex');
}

function reasons(app: StreamsApp): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, tags, value } of app.metrics()) {
    const { reason = '' } = tags;
    if (name === 'dropped-records') counts[reason] = (counts[reason] ?? 0) + value;
  }
  return counts;
}

function summing() {
  const builder = new StreamsBuilder();
  builder.stream(orders).groupByKey().count({ name: 'counts' }).toStream().to(totals);
  return builder.build();
}

function perSecond() {
  const builder = new StreamsBuilder();
  builder
    .stream(orders)
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 1000, graceMs: 0 }))
    .count({ name: 'per-second' })
    .toStream()
    .selectKey((_count, { key, window }) => `${key}@${window.startMs}`)
    .to(totals);
  return builder.build();
}

function naming() {
  const builder = new StreamsBuilder();
  const table = builder.table(names, { name: 'names' });
  builder
    .stream(orders)
    .leftJoin(table, (_order, name) => name ?? '?')
    .to(named);
  return builder.build();
}

function regrouping() {
  const builder = new StreamsBuilder();
  builder
    .stream(orders)
    .groupBy((_value, key) => (key === 'none' ? null : key.slice(0, 1)), {
      name: 'by-letter',
      key: strict,
    })
    .count({ name: 'per-letter' })
    .toStream()
    .to(totals);
  return builder.build();
}
