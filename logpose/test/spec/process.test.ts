import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  int64,
  keyValueStore,
  noHeaders,
  ProcessError,
  processor,
  type StreamRecord,
  StreamsBuilder,
  topic,
  utf8,
  windowStore,
} from 'logpose';
import { TestDriver } from 'logpose/testing';
import { driving, numbers, out, words, written } from './driving.ts';

const totals = topic('totals', { key: utf8, value: int64 });

suite('process, processValues', () => {
  test('what a forwarded record leaves out is taken from the record in hand', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .process({
          output: { key: utf8, value: utf8 },
          init:
            ({ forward }) =>
            ({ key, value }) => {
              forward({ key: value, value: key });
              forward({ key: value, value: 'later', timestamp: 9, headers: noHeaders });
            },
        })
        .to(out),
    );
    driver.send(words, 'ada', 'tea', {
      timestampMs: 5,
      headers: noHeaders.with('trace', '7'),
    });
    const records = driver.readRecords(out);
    assert.deepEqual(
      records.map(({ value, timestamp, headers }) => [value, timestamp, headers.text('trace')]),
      [
        ['ada', 5, '7'],
        ['later', 9, undefined],
      ],
    );
  });

  test('a processor keeps state in the stores that it declares', () => {
    const seen = keyValueStore({ name: 'seen', key: utf8, value: int64 });
    using driver = driving((builder) =>
      builder
        .stream(words)
        .process({
          stores: { seen },
          output: { key: utf8, value: int64 },
          init:
            ({ stores, forward }) =>
            ({ key }) => {
              const times = (stores.seen.get(key) ?? 0) + 1;
              stores.seen.put(key, times);
              forward({ key, value: times });
            },
        })
        .to(totals),
    );
    for (const key of ['ada', 'bob', 'ada']) driver.send(words, key, 'tea');
    assert.deepEqual(written(driver, totals), ['ada: 1 @0', 'bob: 1 @0', 'ada: 2 @0']);
    assert.equal(driver.store(seen).get('ada'), 2);
  });

  test("a processor may read a table's rows, too", () => {
    using driver = driving((builder) => {
      const counts = builder.stream(words).groupByKey().count({ name: 'counts' });
      builder
        .stream(words)
        .process({
          stores: { counts },
          output: { key: utf8, value: int64 },
          init:
            ({ stores, forward }) =>
            ({ key }) =>
              forward({ key, value: stores.counts.get(key)?.value ?? 0 }),
        })
        .to(totals);
    });
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(written(driver, totals), ['ada: 1 @0', 'ada: 2 @0']);
  });

  test('processValues keeps the key, so that what follows needs no repartition topic', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .processValues({
        output: { value: int64 },
        init:
          ({ forward }) =>
          ({ value }) =>
            forward({ value: value.length }),
      })
      .groupByKey()
      .reduce((sum, length) => sum + length, { name: 'lengths' })
      .toStream()
      .to(numbers);
    const topology = builder.build();
    using driver = new TestDriver(topology);

    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', 'milk');

    assert.deepEqual(topology.repartitionTopics, []);
    assert.deepEqual(written(driver, numbers), ['ada: 3 @0', 'ada: 7 @0']);
  });

  test('a processor defined apart from the chain says which records it takes', () => {
    const shout = processor({
      output: { key: utf8, value: utf8 },
      init:
        ({ forward }) =>
        ({ key, value }: StreamRecord<string, string>) =>
          forward({ key, value: value.toUpperCase() }),
    });
    using driver = driving((builder) => builder.stream(words).process(shout).to(out));
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(written(driver, out), ['ada: TEA @0']);
  });

  test('forward.to sends to one child by its node', () => {
    using driver = driving((builder) => {
      const sorted = builder.stream(words).process({
        output: { key: utf8, value: utf8 },
        init:
          ({ forward }) =>
          (record) =>
            forward.to(record.value === 'tea' ? 'hot' : 'cold', record),
      });
      sorted.mapValues((value) => `hot ${value}`, { node: 'hot' }).to(out);
      sorted.mapValues((value) => `cold ${value}`, { node: 'cold' }).to(out);
    });
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', 'milk');
    assert.deepEqual(written(driver, out), ['ada: hot tea @0', 'ada: cold milk @0']);
  });

  test('rows of a window store are found by key and time', () => {
    const recent = windowStore({
      name: 'recent',
      key: utf8,
      value: utf8,
      windowSizeMs: 10,
      retentionMs: 100,
    });
    using driver = driving((builder) =>
      builder
        .stream(words)
        .process({
          stores: { recent },
          output: { key: utf8, value: int64 },
          init:
            ({ stores, forward }) =>
            ({ key, value, timestamp }) => {
              stores.recent.put(key, value, timestamp);
              const lately = [...stores.recent.fetch(key, { fromMs: timestamp - 10 })];
              forward({ key, value: lately.length });
            },
        })
        .to(totals),
    );
    for (const timestampMs of [0, 5, 14]) driver.send(words, 'ada', 'tea', { timestampMs });
    assert.deepEqual(written(driver, totals), ['ada: 1 @0', 'ada: 2 @5', 'ada: 2 @14']);
  });

  test('a processor is opened once per task and told when the task closes', () => {
    const life: string[] = [];
    const driver = driving((builder) =>
      builder.stream(words).process({
        init: ({ onClose, taskId }) => {
          life.push(`opened ${taskId}`);
          onClose(() => {
            life.push('closed');
          });
          return ({ value }) => {
            life.push(value);
          };
        },
      }),
    );
    driver.send(words, 'ada', 'tea');
    driver[Symbol.dispose]();
    assert.deepEqual(life, ['opened 0_0', 'tea', 'closed']);
  });

  test('a negative timestamp cannot be forwarded', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .process({
          output: { key: utf8, value: utf8 },
          init:
            ({ forward }) =>
            (record) =>
              forward({ ...record, timestamp: -1 }),
        })
        .to(out),
    );
    assert.throws(() => driver.send(words, 'ada', 'tea'), ProcessError);
  });
});
