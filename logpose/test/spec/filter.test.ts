import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ProcessError } from 'logpose';
import { driving, loose, out, words, written } from './driving.ts';

suite('filter', () => {
  test('keeps the records that the predicate accepts, with their time', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .filter((value) => value.length > 2)
        .to(out),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    driver.send(words, 'ada', 'ai', { timestampMs: 6 });
    assert.deepEqual(written(driver, out), ['ada: tea @5']);
  });

  test('filterNot keeps those that it refuses', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .filterNot((_value, key) => key === 'ada')
        .to(out),
    );
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'bob', 'milk');
    assert.deepEqual(written(driver, out), ['bob: milk @0']);
  });

  test('the predicate sees null keys and values, and the record with time and headers', () => {
    const seen: unknown[] = [];
    using driver = driving((builder) =>
      builder
        .stream(loose)
        .filter((value, key, record) => {
          seen.push([key, value, record.timestamp]);
          return true;
        })
        .to(out),
    );
    driver.send(loose, null, null, { timestampMs: 7 });
    assert.deepEqual(seen, [[null, null, 7]]);
    assert.deepEqual(written(driver, out), ['null: null @7']);
  });

  test('a predicate that throws fails the record, with the node and the position', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .filter(
          () => {
            throw new Error('boom');
          },
          { node: 'picky' },
        )
        .to(out),
    );
    assert.throws(
      () => driver.send(words, 'ada', 'tea'),
      (error) =>
        error instanceof ProcessError &&
        error.node === 'picky' &&
        error.position?.topic === 'words' &&
        error.position.offset === 0,
    );
  });
});
