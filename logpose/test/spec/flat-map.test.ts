import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { driving, out, words, written } from './driving.ts';

suite('flatMap, flatMapValues', () => {
  test('flatMap makes any number of records, in order, at the time of the record', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .flatMap((value, key) => value.split(' ').map((word) => [word, key] as const))
        .to(out),
    );
    driver.send(words, 'ada', 'tea milk', { timestampMs: 5 });
    assert.deepEqual(written(driver, out), ['tea: ada @5', 'milk: ada @5']);
  });

  test('flatMapValues keeps the key, and takes any iterable', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .flatMapValues((value) => new Set(value))
        .to(out),
    );
    driver.send(words, 'ada', 'tee');
    driver.send(words, 'ada', '');
    assert.deepEqual(written(driver, out), ['ada: t @0', 'ada: e @0']);
  });
});
