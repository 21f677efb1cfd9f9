import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  bytes,
  ConfigError,
  int64,
  type KStream,
  keyValueStore,
  nullable,
  ProcessError,
  StreamsBuilder,
  topic,
  topicPattern,
  tumbling,
  utf8,
} from 'logpose';
import { TestDriver, type TestDriverOptions } from 'logpose/testing';
import { dropped, loose, out, words, written } from './driving.ts';

const counts = topic('counts', { key: utf8, value: int64 });
const dead = topic('dead', { key: nullable(bytes), value: nullable(bytes) });
const threePartitions = { layout: 'as-deployed', partitions: 3 } as const;
/** In three partitions the default partitioner puts them into 0, 1 and 2. */
const keys = ['milk', 'cider', 'ada'];

suite('TestDriver, as deployed', () => {
  test('a record goes to the task of the partition that its key is hashed to', () => {
    using driver = asDeployed((builder) => tellTasks(builder.stream(loose)));

    for (const key of keys) driver.send(loose, key, 'x');

    assert.deepEqual(written(driver, out), [
      'milk: 0_0 loose-0@0 @0',
      'cider: 0_1 loose-1@0 @0',
      'ada: 0_2 loose-2@0 @0',
    ]);
  });

  test('a record goes to the partition that it was sent to; offsets count in each', () => {
    using driver = asDeployed((builder) => tellTasks(builder.stream(loose)));

    for (const partition of [2, 2, 0]) driver.send(loose, 'ada', 'x', { partition });

    assert.deepEqual(written(driver, out), [
      'ada: 0_2 loose-2@0 @0',
      'ada: 0_2 loose-2@1 @0',
      'ada: 0_0 loose-0@0 @0',
    ]);
  });

  test('records without a key stay together for a while, in one partition', () => {
    using driver = asDeployed((builder) => tellTasks(builder.stream(loose)));

    for (const value of ['x', 'y', 'z']) driver.send(loose, null, value);

    const tasks = driver.read(out).map(([, value]) => value?.slice(0, 3));
    assert.equal(new Set(tasks).size, 1);
  });

  test('a new key takes a record to another task, by way of the repartition topic', () => {
    using driver = asDeployed((builder) =>
      tellTasks(
        builder
          .stream(words)
          .selectKey((value) => value)
          .repartition({ name: 'by-value', key: utf8, value: utf8, partitions: 4 }),
      ),
    );

    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', 'milk');

    assert.deepEqual(written(driver, out), [
      'tea: 1_2 test-driver-by-value-repartition-2@0 @0',
      'milk: 1_3 test-driver-by-value-repartition-3@0 @0',
    ]);
  });

  test('a sink may choose the partition', () => {
    const middle = topic('middle', { key: utf8, value: utf8 });
    using driver = asDeployed((builder) => {
      builder.stream(words).to(middle, { partitioner: (value) => Number(value) });
      tellTasks(builder.stream(middle));
    });

    for (const value of ['2', '0']) driver.send(words, 'ada', value);

    assert.deepEqual(written(driver, out), ['ada: 1_2 middle-2@0 @0', 'ada: 1_0 middle-0@0 @0']);
  });

  test('each task has a stream time of its own: what is late in one is not in another', () => {
    const windows = tumbling({ sizeMs: 10, graceMs: 0 });
    const late = (options: TestDriverOptions) => {
      const builder = new StreamsBuilder();
      builder.stream(words).groupByKey().windowedBy(windows).count({ name: 'counts' });
      using driver = new TestDriver(builder.build(), options);
      driver.send(words, 'ada', 'x', { timestampMs: 100 });
      driver.send(words, 'milk', 'x', { timestampMs: 0 });
      return dropped(driver);
    };

    assert.deepEqual(late({ layout: 'one-task' }), { late: 1 });
    assert.deepEqual(late(threePartitions), {});
  });

  test('punctuators run in each task, by the stream time of that task', () => {
    using driver = asDeployed((builder) => {
      builder
        .stream(words)
        .process({
          output: { key: utf8, value: utf8 },
          init: ({ forward, punctuate, taskId }) => {
            for (const time of ['wall-clock', 'stream'] as const) {
              punctuate({ everyMs: 10, time }, () => forward({ key: taskId, value: time }));
            }
            return () => undefined;
          },
        })
        .to(out);
    });

    driver.send(words, 'milk', 'x', { timestampMs: 5 });
    assert.deepEqual(written(driver, out), ['0_0: stream @5']);
    driver.advanceWallClockMs(10);

    assert.deepEqual(written(driver, out), [
      '0_0: wall-clock @10',
      '0_1: wall-clock @10',
      '0_2: wall-clock @10',
    ]);
  });

  test('a store is read over all partitions: a key in its own, a scan in the order of keys', () => {
    const { topology, table } = counting();
    using driver = new TestDriver(topology, threePartitions);

    for (const key of ['tea', 'milk', 'ada', 'tea', 'adam']) driver.send(words, key, 'x');

    const store = driver.store(table);
    const names = (rows: Iterable<[string, unknown]>) => [...rows].map(([key]) => key).join();
    assert.equal(store.get('tea')?.value, 2);
    assert.equal(store.get('nobody'), undefined);
    assert.equal(names(store.range()), 'ada,adam,milk,tea');
    assert.equal(names(store.range({ gt: 'ada', reverse: true, limit: 2 })), 'tea,milk');
    assert.equal(names(store.prefix('ada')), 'ada,adam');
  });

  test('so is a windowed store: by key, then by start', () => {
    const builder = new StreamsBuilder();
    const windows = tumbling({ sizeMs: 10, graceMs: 100 });
    const table = builder
      .stream(words)
      .groupByKey()
      .windowedBy(windows)
      .count({ name: 'per-window' });
    using driver = new TestDriver(builder.build(), threePartitions);

    for (const timestampMs of [0, 10]) {
      for (const key of keys) driver.send(words, key, 'x', { timestampMs });
    }

    const store = driver.store(table);
    const all = [...store.fetchAll({ limit: 3 })];
    assert.deepEqual(
      all.map(([{ key, window }]) => `${key} ${window.startMs}`),
      ['ada 0', 'ada 10', 'cider 0'],
    );
    const last = [...store.fetchAll({ reverse: true, limit: 1 })];
    assert.deepEqual(last, [
      [
        { key: 'milk', window: { startMs: 10, endMs: 20 } },
        { value: 1, timestamp: 10 },
      ],
    ]);
    assert.equal(store.get('milk', 10)?.value, 1);
    assert.equal([...store.fetch('ada', { fromMs: 5 })].length, 1);
    assert.deepEqual([...store.fetch('nobody')], []);
  });

  test('a windowed key is looked for where the key is put without its window', () => {
    const builder = new StreamsBuilder();
    const table = builder
      .stream(words)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
      .count({ name: 'per-window' })
      .mapValues((count) => count * 10)
      .materialize({ name: 'tens', value: int64 });
    using driver = new TestDriver(builder.build(), threePartitions);

    for (const key of keys) driver.send(words, key, 'x', { timestampMs: 5 });

    const window = { startMs: 0, endMs: 10 };
    for (const key of keys) assert.equal(driver.store(table).get({ key, window })?.value, 10);
  });

  test('a row is found by its key only where the default partitioner puts it, and by scans', () => {
    const seen = keyValueStore({ name: 'seen', key: utf8, value: utf8 });
    using driver = asDeployed((builder) => {
      builder.stream(words).process({
        stores: { seen },
        init:
          ({ stores }) =>
          ({ key, value }) =>
            stores.seen.put(key, value),
      });
    });

    driver.send(words, 'ada', 'x', { partition: 0 });

    assert.equal(driver.store(seen).get('ada'), undefined);
    assert.deepEqual([...driver.store(seen).range()], [['ada', 'x']]);
  });

  test('a changelog is that of all partitions; results stand in the order of their task', () => {
    const { topology, table } = counting();
    using driver = new TestDriver(topology, threePartitions);

    for (const key of ['tea', 'ada', 'tea']) driver.send(words, key, 'x');

    const changed = driver.changelog(table).map(({ key }) => Buffer.from(key).toString());
    assert.deepEqual(changed, ['tea', 'ada', 'tea']);
    assert.deepEqual(driver.read(counts), [
      ['tea', 1],
      ['ada', 1],
      ['tea', 2],
    ]);
  });

  test('a commit by hand commits all tasks, and so does the wish of one', () => {
    const requests = topic('requests', { key: utf8, value: utf8 });
    const { topology } = counting((builder) => {
      builder.stream(requests).process({
        init:
          ({ requestCommit }) =>
          () =>
            requestCommit(),
      });
    });
    using driver = new TestDriver(topology, { ...threePartitions, commit: 'manual' });

    for (const key of keys) driver.send(words, key, 'x');
    assert.deepEqual(driver.read(counts), []);
    driver.commit();
    assert.equal(driver.read(counts).length, 3);

    for (const key of keys) driver.send(words, key, 'x');
    driver.send(requests, 'ada', 'now');
    assert.deepEqual(driver.read(counts), [
      ['milk', 2],
      ['cider', 2],
      ['ada', 2],
    ]);
  });

  test('what fails in one task is thrown by the send, or goes to the dead letters', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .mapValues((word) => {
        if (word === 'poison') throw new Error('refused');
        return word;
      })
      .to(out);
    const topology = builder.build();
    using strict = new TestDriver(topology, threePartitions);
    using lenient = new TestDriver(topology, {
      ...threePartitions,
      onProcessError: () => ({ deadLetter: dead }),
    });

    assert.throws(() => strict.send(words, 'cider', 'poison'), ProcessError);
    for (const key of keys) lenient.send(words, key, key === 'cider' ? 'poison' : 'x');

    assert.deepEqual(
      lenient.read(out).map(([key]) => key),
      ['milk', 'ada'],
    );
    const [letter] = lenient.readRecords(dead);
    assert.equal(Buffer.from(letter?.key ?? []).toString(), 'cider');
    assert.equal(letter?.headers.text('__streams.errors.partition'), '1');
  });

  test('one task reads all partitions in the layout of one task', () => {
    using driver = asDeployed((builder) => tellTasks(builder.stream(loose)), {
      layout: 'one-task',
      partitions: 3,
    });

    for (const key of keys) driver.send(loose, key, 'x');

    assert.deepEqual(written(driver, out), [
      'milk: 0_0 loose-0@0 @0',
      'cider: 0_0 loose-1@0 @0',
      'ada: 0_0 loose-2@0 @0',
    ]);
  });

  test('joined topics of different numbers of partitions are refused, all of them named', () => {
    const builder = new StreamsBuilder();
    const table = builder.table(counts, { name: 'counts-by-key' });
    builder
      .stream(words)
      .repartition({ name: 'more', key: utf8, value: utf8, partitions: 5 })
      .join(table, (word) => word);

    assert.throws(
      () => new TestDriver(builder.build(), threePartitions),
      /joined topics need equally many partitions, but more-repartition has 5, counts has 3/,
    );
  });

  test('a topic pattern is refused: which topics there are is not known beforehand', () => {
    const builder = new StreamsBuilder();
    builder.stream(topicPattern(/w.*/, { key: utf8, value: utf8 })).to(out);
    const topology = builder.build();

    assert.throws(() => new TestDriver(topology, threePartitions), /only layout 'one-task'/);
    using driver = new TestDriver(topology, { partitions: 3 });
    driver.send(words, 'milk', 'x');
    assert.equal(driver.read(out).length, 1);
  });

  test('what cannot be is refused by name: layouts, partitions, topics, a closed driver', () => {
    const { topology } = counting();
    for (const partitions of [0, 1.5, Number.NaN]) {
      assert.throws(() => new TestDriver(topology, { partitions }), /at least 1/);
    }
    const untyped: object = { layout: 'two-tasks' };
    assert.throws(() => new TestDriver(topology, untyped), /layout is 'two-tasks' and must be/);

    using driver = new TestDriver(topology, threePartitions);
    for (const partition of [-1, 3, 0.5]) {
      assert.throws(
        () => driver.send(words, 'ada', 'x', { partition }),
        new RegExp(`topic words has partitions 0 to 2; there is no partition ${partition}$`),
      );
    }
    assert.throws(() => driver.send(out, 'ada', 'x'), /does not read topic out/);

    driver.send(words, 'ada', 'x');
    driver[Symbol.dispose]();
    assert.throws(() => driver.send(words, 'ada', 'x'), ConfigError);
    assert.throws(() => driver.advanceWallClockMs(1), /the driver is closed/);
    assert.throws(() => driver.commit(), /the driver is closed/);
    assert.deepEqual(driver.read(counts), [['ada', 1]]);
  });
});

function asDeployed(
  build: (builder: StreamsBuilder) => void,
  options: TestDriverOptions = threePartitions,
): TestDriver {
  const builder = new StreamsBuilder();
  build(builder);
  return new TestDriver(builder.build(), options);
}

/** Writes which task had each record, and where the record came from. */
function tellTasks<K extends string | null, V>(stream: KStream<K, V>): void {
  stream
    .process({
      output: { key: nullable(utf8), value: utf8 },
      init:
        ({ forward, position, taskId }) =>
        ({ key }) => {
          const { topic: name, partition, offset } = position() ?? {};
          forward({ key, value: `${taskId} ${name}-${partition}@${offset}` });
        },
    })
    .to(out);
}

function counting(more: (builder: StreamsBuilder) => void = () => undefined) {
  const builder = new StreamsBuilder();
  const table = builder.stream(words).groupByKey().count({ name: 'counted' });
  table.toStream().to(counts);
  more(builder);
  return { topology: builder.build(), table };
}
