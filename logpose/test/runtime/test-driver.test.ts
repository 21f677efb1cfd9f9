import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { topic } from '../../src/record/topic.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { timestampedKeyValueStore } from '../../src/store/store-definition.ts';
import { TestDriver } from '../../src/testing.ts';

const words = topic('words', { key: utf8, value: utf8 });
const counts = topic('counts', { key: utf8, value: int64 });

suite('test driver', () => {
  test('a record is processed to its end, also behind topics of the topology', () => {
    using driver = new TestDriver(wordCount().topology);

    driver.send(words, '', 'ada likes ada', { timestampMs: 5 });

    assert.deepEqual(driver.read(counts), [
      ['ada', 1],
      ['likes', 1],
      ['ada', 2],
    ]);
    assert.deepEqual(driver.read(counts), []);
  });

  test('a table can be read as it is now, and its changelog as it was written', () => {
    const { topology, table } = wordCount();
    using driver = new TestDriver(topology);

    driver.send(words, '', 'tea tea', { timestampMs: 5 });

    assert.deepEqual(driver.store(table).get('tea'), { value: 2, timestamp: 5 });
    assert.deepEqual(
      driver
        .changelog(table)
        .map(({ key, value, timestamp }) => [
          Buffer.from(key).toString(),
          value && Number(Buffer.from(value).readBigInt64BE()),
          timestamp,
        ]),
      [
        ['tea', 1, 5],
        ['tea', 2, 5],
      ],
    );
  });

  test('with commits by hand a table sends each key on once a commit', () => {
    using driver = new TestDriver(wordCount().topology, { commit: 'manual' });
    driver.send(words, '', 'tea ada tea');
    assert.deepEqual(driver.read(counts), []);

    driver.commit();

    assert.deepEqual(driver.read(counts), [
      ['ada', 1],
      ['tea', 2],
    ]);
  });

  test('every change goes on at once where the store says so', () => {
    using driver = new TestDriver(wordCount().topology, { commit: 'manual', emit: 'each-change' });

    driver.send(words, '', 'tea tea');

    assert.deepEqual(driver.read(counts), [
      ['tea', 1],
      ['tea', 2],
    ]);
  });

  test('what the topology neither writes nor reads has nothing to be read', () => {
    using driver = new TestDriver(wordCount().topology);
    const count = topic('count', { key: utf8, value: int64 });

    assert.throws(() => driver.read(count), /the topology neither writes nor reads topic count$/);
    assert.deepEqual(driver.read(words), []);
  });

  test('what cannot be driven is refused: other topics, partitions and stores', () => {
    using driver = new TestDriver(wordCount().topology);

    const other = timestampedKeyValueStore({ name: 'other', key: utf8, value: utf8 });
    assert.throws(() => driver.send(counts, 'a', 1), ConfigError);
    assert.throws(() => driver.send(words, 'a', 'b', { partition: 1 }), ConfigError);
    assert.throws(() => driver.store(other), ConfigError);
  });
});

function wordCount() {
  const builder = new StreamsBuilder();
  const table = builder
    .stream(words)
    .flatMapValues((line) => line.split(' '))
    .groupBy((word) => word, { name: 'by-word', key: utf8, value: utf8 })
    .count({ name: 'word-counts' });
  table.toStream().to(counts);
  return { topology: builder.build(), table };
}
