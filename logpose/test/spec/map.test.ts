import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ProcessError } from 'logpose';
import { driving, loose, numbers, out, words, written } from './driving.ts';

suite('map, mapValues, selectKey', () => {
  test('map makes another key and value, at the time of the record', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .map((value, key) => [value, key.length])
        .to(numbers),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    assert.deepEqual(written(driver, numbers), ['tea: 3 @5']);
  });

  test('mapValues makes another value, and keeps the key', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .mapValues((value, key) => `${key} likes ${value}`)
        .to(out),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    assert.deepEqual(written(driver, out), ['ada: ada likes tea @5']);
  });

  test('selectKey gives another key, and keeps the value', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .selectKey((value) => value[0] ?? null)
        .to(out),
    );
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', '');
    assert.deepEqual(written(driver, out), ['t: tea @0', 'null:  @0']);
  });

  test('a null value reaches the mapper', () => {
    using driver = driving((builder) =>
      builder
        .stream(loose)
        .mapValues((value) => value ?? 'nothing')
        .to(out),
    );
    driver.send(loose, 'ada', null);
    assert.deepEqual(written(driver, out), ['ada: nothing @0']);
  });

  test('a mapper that throws fails the record, or drops it where the policy says so', () => {
    const failing = (onProcessError: () => 'fail' | 'continue') =>
      driving(
        (builder) =>
          builder
            .stream(words)
            .mapValues((value) => {
              if (value === 'bad') throw new Error('boom');
              return value;
            })
            .to(out),
        { onProcessError },
      );
    using strict = failing(() => 'fail');
    using lenient = failing(() => 'continue');

    assert.throws(() => strict.send(words, 'ada', 'bad'), ProcessError);
    lenient.send(words, 'ada', 'bad');
    lenient.send(words, 'ada', 'tea');

    assert.deepEqual(written(lenient, out), ['ada: tea @0']);
  });
});
