import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { int64, topic, utf8 } from 'logpose';
import { driving, dropped, numbers, out, words, written } from './driving.ts';

const sums = topic('sums', { key: utf8, value: int64 });

suite('reduce', () => {
  test('takes the first value as it is and makes one of it and each later one', () => {
    const calls: string[] = [];
    using driver = driving((builder) =>
      builder
        .stream(words)
        .groupByKey()
        .reduce(
          (longest, value) => {
            calls.push(value);
            return value.length > longest.length ? value : longest;
          },
          { name: 'longest' },
        )
        .toStream()
        .to(out),
    );
    for (const [index, word] of ['tea', 'coffee', 'milk'].entries()) {
      driver.send(words, 'ada', word, { timestampMs: index });
    }
    assert.deepEqual(calls, ['coffee', 'milk']);
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'ada: coffee @1', 'ada: coffee @2']);
  });

  test('values that a callback made need their serde', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .mapValues((value) => value.length)
        .groupByKey()
        .reduce((sum, length) => sum + length, { name: 'lengths', value: int64 })
        .toStream()
        .to(numbers),
    );
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', 'milk');
    assert.deepEqual(written(driver, numbers), ['ada: 3 @0', 'ada: 7 @0']);
  });

  test('a reducer that gives null or undefined deletes the row; null values are dropped', () => {
    using driver = driving((builder) =>
      builder
        .stream(numbers)
        .groupByKey()
        .reduce((sum, value) => (sum + value === 0 ? null : sum + value), { name: 'sums' })
        .toStream()
        .to(sums),
    );
    for (const value of [2, -2, 5, null]) driver.send(numbers, 'ada', value);
    assert.deepEqual(written(driver, sums), ['ada: 2 @0', 'ada: null @0', 'ada: 5 @0']);
    assert.deepEqual(dropped(driver), { 'null-key-or-value': 1 });
  });
});
