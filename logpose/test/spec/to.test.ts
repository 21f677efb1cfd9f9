import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { noHeaders, topic, utf8 } from 'logpose';
import { driving, loose, out, words, written } from './driving.ts';

const tea = topic('tea', { key: utf8, value: utf8 });
const other = topic('other', { key: utf8, value: utf8 });

suite('to', () => {
  test('writes to the topic that a function chooses', () => {
    using driver = driving((builder) =>
      builder.stream(words).to((value) => (value === 'tea' ? tea : other)),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 3 });
    driver.send(words, 'ada', 'milk', { timestampMs: 4 });
    assert.deepEqual(written(driver, tea), ['ada: tea @3']);
    assert.deepEqual(written(driver, other), ['ada: milk @4']);
  });

  test('a null value is a tombstone', () => {
    using driver = driving((builder) => builder.stream(loose).to(out));
    driver.send(loose, 'ada', null);
    assert.deepEqual(driver.read(out), [['ada', null]]);
  });

  test('a partitioner chooses; what it leaves open goes by the hash of the key', () => {
    const asked: unknown[] = [];
    using driver = driving((builder) =>
      builder.stream(words).to(out, {
        partitioner: (value, key, partitions) => {
          asked.push([value, key, partitions]);
          return value === 'tea' ? 0 : undefined;
        },
      }),
    );
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', 'milk');
    assert.deepEqual(asked, [
      ['tea', 'ada', 1],
      ['milk', 'ada', 1],
    ]);
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'ada: milk @0']);
  });

  test('headers stay with the record', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .mapValues((value) => `${value}!`)
        .to(out),
    );
    driver.send(words, 'ada', 'tea', { headers: noHeaders.with('trace', '7') });
    assert.equal(driver.readRecords(out)[0]?.headers.text('trace'), '7');
  });

  test('what is written to a topic that is read too goes on', () => {
    using driver = driving((builder) => {
      builder.stream(words).to(other);
      builder.stream(other).to(out);
    });
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(written(driver, out), ['ada: tea @0']);
  });
});
