import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  calendar,
  hopping,
  int64,
  nullable,
  StreamsBuilder,
  type TimeWindows,
  TopologyError,
  topic,
  tumbling,
  type UnlimitedWindows,
  unlimited,
  utf8,
} from 'logpose';
import { TestDriver } from 'logpose/testing';
import { driving, dropped, loose, words } from './driving.ts';

const counts = topic('counts', { key: utf8, value: int64 });

/** Counts per window; a result's key says which, in milliseconds. */
function counting(windows: TimeWindows | UnlimitedWindows): TestDriver {
  return driving((builder) =>
    builder
      .stream(loose)
      .groupByKey()
      .windowedBy(windows)
      .count({ name: 'counts' })
      .toStream()
      .selectKey((_count, { key, window }) => `${key} ${window.startMs}-${window.endMs}`)
      .to(counts),
  );
}

suite('windowedBy', () => {
  test('tumbling windows hold their start and not their end', () => {
    using driver = counting(tumbling({ sizeMs: 10, graceMs: 0 }));
    for (const timestampMs of [0, 9, 10]) driver.send(loose, 'ada', 'tea', { timestampMs });
    assert.deepEqual(driver.read(counts), [
      ['ada 0-10', 1],
      ['ada 0-10', 2],
      ['ada 10-20', 1],
    ]);
  });

  test('a record is in every hopping window that holds its time', () => {
    using driver = counting(hopping({ sizeMs: 10, advanceMs: 5, graceMs: 0 }));
    driver.send(loose, 'ada', 'tea', { timestampMs: 12 });
    assert.deepEqual(driver.read(counts), [
      ['ada 5-15', 1],
      ['ada 10-20', 1],
    ]);
  });

  test('calendar windows are the days of a zone, as long as its clocks make them', () => {
    using driver = counting(calendar({ unit: 'day', zone: 'Europe/Berlin', graceMs: 0 }));
    const dayOfChange = Date.UTC(2026, 9, 24, 22); // 25 October, when clocks go back
    driver.send(loose, 'ada', 'tea', { timestampMs: dayOfChange });
    driver.send(loose, 'ada', 'tea', { timestampMs: dayOfChange + 25 * 3_600_000 - 1 });
    driver.send(loose, 'ada', 'tea', { timestampMs: dayOfChange + 25 * 3_600_000 });
    assert.deepEqual(
      driver.read(counts).map(([, count]) => count),
      [1, 2, 1],
    );
  });

  test('an unlimited window begins at its start and never ends', () => {
    using driver = counting(unlimited({ startMs: 10 }));
    for (const timestampMs of [9, 10, 1e12]) driver.send(loose, 'ada', 'tea', { timestampMs });
    assert.deepEqual(driver.read(counts), [
      ['ada 10-Infinity', 1],
      ['ada 10-Infinity', 2],
    ]);
  });

  test('a late record counts until stream time reaches the end and the grace of its window', () => {
    using driver = counting(tumbling({ sizeMs: 10, graceMs: 5 }));
    for (const timestampMs of [0, 14, 9]) driver.send(loose, 'ada', 'tea', { timestampMs });
    assert.deepEqual(driver.read(counts), [
      ['ada 0-10', 1],
      ['ada 10-20', 1],
      ['ada 0-10', 2],
    ]);

    driver.send(loose, 'ada', 'tea', { timestampMs: 15 });
    driver.send(loose, 'ada', 'tea', { timestampMs: 9 });
    assert.deepEqual(driver.read(counts), [['ada 10-20', 2]]);
    assert.deepEqual(dropped(driver), { late: 1 });
  });

  test('a record may be late for some of its hopping windows and counts for the others', () => {
    using driver = counting(hopping({ sizeMs: 10, advanceMs: 5, graceMs: 0 }));
    driver.send(loose, 'ada', 'tea', { timestampMs: 16 });
    driver.read(counts);
    driver.send(loose, 'ada', 'tea', { timestampMs: 13 });
    assert.deepEqual(driver.read(counts), [['ada 10-20', 2]]);
    assert.deepEqual(dropped(driver), { late: 1 });
  });

  test('a null key is dropped; a null value is counted, as in Kafka Streams', () => {
    using driver = counting(tumbling({ sizeMs: 10, graceMs: 0 }));
    driver.send(loose, null, 'tea');
    driver.send(loose, 'ada', null);
    assert.deepEqual(driver.read(counts), [['ada 0-10', 1]]);
    assert.deepEqual(dropped(driver), { 'null-key': 1 });
  });

  test("a window's result has the latest time of its records, not the window's end", () => {
    const last = topic('last', { key: nullable(utf8), value: nullable(utf8) });
    using driver = driving((builder) =>
      builder
        .stream(words)
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
        .reduce((_before, value) => value, { name: 'last' })
        .toStream()
        .selectKey((_value, { key }) => key)
        .to(last),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 7 });
    driver.send(words, 'ada', 'milk', { timestampMs: 3 });
    assert.deepEqual(
      driver.readRecords(last).map(({ value, timestamp }) => [value, timestamp]),
      [
        ['tea', 7],
        ['milk', 7],
      ],
    );
  });

  test('windows can be read by key and time until they expire', () => {
    const builder = new StreamsBuilder();
    const table = builder
      .stream(words)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
      .aggregate({ initialize: () => 0, add: (sum) => sum + 1 }, { name: 'sums', value: int64 });
    using driver = new TestDriver(builder.build());
    for (const timestampMs of [1, 2, 11]) driver.send(words, 'ada', 'tea', { timestampMs });

    assert.deepEqual(driver.store(table).get('ada', 10), { value: 1, timestamp: 11 });
    const starts = [...driver.store(table).fetch('ada')].map(([key]) => key.window.startMs);
    assert.deepEqual(starts, [10]);
  });

  test('rows are kept for a window and its grace; of calendar windows, for the longest', () => {
    const builder = new StreamsBuilder();
    const grouped = builder.stream(words).groupByKey();
    const days = calendar({ unit: 'day', zone: 'Asia/Seoul', graceMs: 7 });
    grouped.windowedBy(tumbling({ sizeMs: 10, graceMs: 5 })).count({ name: 'tens' });
    grouped.windowedBy(days).count({ name: 'days' });
    const [tens, perDay] = builder
      .build()
      .stores.map(({ definition }) => definition.windows?.retentionMs ?? 0);
    assert.equal(tens, 15);
    assert.ok(Number(perDay) >= 25 * 3_600_000 + 7);
  });

  test('rows must be kept at least as long as their window and its grace', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
      .count({ name: 'counts', retentionMs: 14 });
    assert.throws(() => builder.build(), TopologyError);
  });
});
