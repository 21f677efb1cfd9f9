import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder, TopologyError, utf8 } from 'logpose';
import { driving, loose, numbers, out, words, written } from './driving.ts';

suite('repartition', () => {
  test('sends the records through a topic of their own, with time and headers', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .selectKey((value) => value)
        .repartition({ name: 'by-word', key: utf8 })
        .to(out),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    assert.deepEqual(written(driver, out), ['tea: tea @5']);
  });

  test('records without a key are left out, unless a left join behind has a use for them', () => {
    using inner = driving((builder) =>
      builder.stream(loose).repartition({ name: 'again' }).to(out),
    );
    using left = driving((builder) => {
      const table = builder.table(words, { name: 'rows' });
      builder
        .stream(loose)
        .repartition({ name: 'again' })
        .leftJoin(table, (value, row) => `${value} ${row}`)
        .to(out);
    });
    inner.send(loose, null, 'tea');
    left.send(loose, null, 'tea');
    assert.deepEqual(written(inner, out), []);
    assert.deepEqual(written(left, out), ['null: tea undefined @0']);
  });

  test('null values pass', () => {
    using driver = driving((builder) =>
      builder.stream(loose).repartition({ name: 'again' }).to(out),
    );
    driver.send(loose, 'ada', null);
    assert.deepEqual(written(driver, out), ['ada: null @0']);
  });

  test('what is keyed behind needs no further topic', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .selectKey((value) => value)
      .repartition({ name: 'by-word', key: utf8, partitions: 3 })
      .groupByKey()
      .count({ name: 'counts' })
      .toStream()
      .to(numbers);
    assert.deepEqual(builder.build().repartitionTopics, [
      { name: 'by-word-repartition', partitions: 3 },
    ]);
  });

  test('keys and values that a callback made need their serdes', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .map((value, key) => [value.length, key])
      .repartition({ name: 'by-length' })
      .forEach(() => {});
    assert.throws(
      () => builder.build(),
      (error) => error instanceof TopologyError && error.problems.length === 2,
    );
  });
});
