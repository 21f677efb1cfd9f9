import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DecodeError, nullable, StreamsBuilder, topic, topicPattern, utf8 } from 'logpose';
import { driving, dropped, loose, out, words, written } from './driving.ts';

suite('stream', () => {
  test('a null is refused where the serde is not nullable, and read where it is', () => {
    const strict = topic('loose', { key: utf8, value: utf8 });
    using refusing = driving((builder) => builder.stream(strict).to(out));
    using reading = driving((builder) => builder.stream(loose).to(out));

    assert.throws(
      () => refusing.send(loose, 'ada', null),
      (error) =>
        error instanceof DecodeError &&
        error.code === 'NULL_NOT_ALLOWED' &&
        error.part === 'value' &&
        error.position.offset === 0,
    );
    reading.send(loose, 'ada', null);

    assert.deepEqual(written(reading, out), ['ada: null @0']);
  });

  test('a record that cannot be decoded is left out and counted where the policy says so', () => {
    const strict = topic('loose', { key: utf8, value: utf8 });
    using driver = driving((builder) => builder.stream(strict).to(out), {
      onDecodeError: () => 'continue',
    });
    driver.send(loose, null, 'tea');
    driver.send(loose, 'ada', 'tea');
    assert.deepEqual(written(driver, out), ['ada: tea @0']);
    assert.deepEqual(dropped(driver), { 'decode-failed': 1 });
  });

  test('a topic may say where event time is; a negative time is dropped and counted', () => {
    const timed = topic('timed', {
      key: utf8,
      value: utf8,
      timestamp: (value, _key, record) => (value === 'log' ? record.timestamp : Number(value)),
    });
    using driver = driving((builder) => builder.stream(timed).to(out));
    for (const value of ['12', 'log', '-1']) driver.send(timed, 'ada', value, { timestampMs: 3 });
    assert.deepEqual(written(driver, out), ['ada: 12 @12', 'ada: log @3']);
    assert.deepEqual(dropped(driver), { 'negative-timestamp': 1 });
  });

  test('a pattern reads all topics whose whole names match', () => {
    const [first, second] = ['drinks-1', 'drinks-2'].map((name) =>
      topic(name, { key: utf8, value: utf8 }),
    );
    using driver = driving((builder) =>
      builder.stream(topicPattern(/drinks-[0-9]/, { key: utf8, value: utf8 })).to(out),
    );
    for (const drinks of [first, second]) if (drinks) driver.send(drinks, 'ada', drinks.name);
    assert.deepEqual(written(driver, out), ['ada: drinks-1 @0', 'ada: drinks-2 @0']);
  });

  test('a source begins at the earliest record unless it is told otherwise', () => {
    const builder = new StreamsBuilder();
    builder.stream(words).to(out);
    builder.stream(loose, { from: 'latest' }).to(out);
    assert.deepEqual(
      builder.build().nodes.flatMap((node) => (node.kind === 'source' ? [node.from] : [])),
      ['earliest', 'latest'],
    );
  });

  test('what is not known of a key or value is said by the serdes in force', () => {
    const stream = new StreamsBuilder().stream(words);
    assert.deepEqual(stream.serdes, { key: utf8, value: utf8 });
    assert.deepEqual(stream.mapValues((value) => value.length).serdes, {
      key: utf8,
      value: undefined,
    });
    const table = stream.groupByKey().count({ name: 'counts' });
    assert.equal(table.toStream().serdes.value, table.value);
    const text = topic('x', { key: nullable(utf8), value: utf8 });
    assert.equal(new StreamsBuilder().stream(text).groupByKey().count({ name: 'c' }).key, utf8);
  });
});
