import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder, utf8 } from 'logpose';
import { TestDriver } from 'logpose/testing';
import { driving, dropped, loose, numbers, words, written } from './driving.ts';

suite('groupBy, groupByKey, count', () => {
  test('counts the records of each key, at the latest time counted', () => {
    using driver = driving((builder) =>
      builder.stream(words).groupByKey().count({ name: 'counts' }).toStream().to(numbers),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    driver.send(words, 'bob', 'tea', { timestampMs: 6 });
    driver.send(words, 'ada', 'milk', { timestampMs: 2 });
    assert.deepEqual(written(driver, numbers), ['ada: 1 @5', 'bob: 1 @6', 'ada: 2 @5']);
  });

  test('groupBy counts by another key, through a repartition topic', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .groupBy((value) => value, { name: 'by-word', key: utf8 })
        .count({ name: 'counts' })
        .toStream()
        .to(numbers),
    );
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'bob', 'tea');
    assert.deepEqual(written(driver, numbers), ['tea: 1 @0', 'tea: 2 @0']);
  });

  test('null keys and values are dropped and counted', () => {
    using driver = driving((builder) =>
      builder.stream(loose).groupByKey().count({ name: 'counts' }).toStream().to(numbers),
    );
    driver.send(loose, null, 'tea');
    driver.send(loose, 'ada', null);
    assert.deepEqual(written(driver, numbers), []);
    assert.deepEqual(dropped(driver), { 'null-key-or-value': 2 });
  });

  test('a selector that gives null or undefined: the record is in no group', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .groupBy((value) => (value === 'milk' ? undefined : value), { name: 'by-word', key: utf8 })
        .count({ name: 'counts' })
        .toStream()
        .to(numbers),
    );
    driver.send(words, 'ada', 'milk');
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(written(driver, numbers), ['tea: 1 @0']);
  });

  test('by default a table sends each key on once a commit, in the order of its last write', () => {
    using driver = driving(
      (builder) =>
        builder.stream(words).groupByKey().count({ name: 'counts' }).toStream().to(numbers),
      { emit: 'each-commit', commit: 'manual' },
    );
    for (const key of ['ada', 'bob', 'ada']) driver.send(words, key, 'tea');
    assert.deepEqual(written(driver, numbers), []);
    driver.commit();
    assert.deepEqual(written(driver, numbers), ['bob: 1 @0', 'ada: 2 @0']);
  });

  test('emit: each-change lets one table send each change on', () => {
    using driver = driving(
      (builder) =>
        builder
          .stream(words)
          .groupByKey()
          .count({ name: 'counts', emit: 'each-change' })
          .toStream()
          .to(numbers),
      { emit: 'each-commit', commit: 'manual' },
    );
    for (const key of ['ada', 'ada']) driver.send(words, key, 'tea');
    assert.deepEqual(written(driver, numbers), ['ada: 1 @0', 'ada: 2 @0']);
  });

  test('a count can be read, and is kept in a changelog unless that is switched off', () => {
    const builder = new StreamsBuilder();
    const grouped = builder.stream(words).groupByKey();
    const kept = grouped.count({ name: 'kept' });
    const forgotten = grouped.count({ name: 'forgotten', changelog: 'none' });
    using driver = new TestDriver(builder.build());
    driver.send(words, 'ada', 'tea', { timestampMs: 4 });
    assert.deepEqual(driver.store(kept).get('ada'), { value: 1, timestamp: 4 });
    assert.equal(driver.changelog(kept).length, 1);
    assert.deepEqual(driver.changelog(forgotten), []);
  });
});
