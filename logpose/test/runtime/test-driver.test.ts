import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { streamAggregate } from '../../src/operators/stream-aggregate.ts';
import { tableToStream } from '../../src/operators/table-to-stream.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { TestDriver } from '../../src/testing.ts';
import { HandPlan, tableStore, topic } from './plans.ts';

const words = topic('words', { key: utf8, value: utf8 });
const byWord = topic('by-word-repartition', { key: utf8, value: utf8 });
const counts = topic('counts', { key: utf8, value: int64 });
const store = tableStore('word-counts', { key: utf8, value: int64 });

suite('test driver', () => {
  test('a record is processed to its end, also behind topics of the topology', () => {
    using driver = new TestDriver(wordCount());

    driver.send(words, '', 'ada likes ada', { timestampMs: 5 });

    assert.deepEqual(driver.read(counts), [
      ['ada', 1],
      ['likes', 1],
      ['ada', 2],
    ]);
    assert.deepEqual(driver.read(counts), []);
  });

  test('a store can be read as it is now, and its changelog as it was written', () => {
    using driver = new TestDriver(wordCount());

    driver.send(words, '', 'tea tea', { timestampMs: 5 });

    assert.deepEqual(driver.store(store).get('tea'), { value: 2, timestamp: 5 });
    assert.deepEqual(
      driver
        .changelog(store)
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
    using driver = new TestDriver(wordCount(), { commit: 'manual' });
    driver.send(words, '', 'tea ada tea');
    assert.deepEqual(driver.read(counts), []);

    driver.commit();

    assert.deepEqual(driver.read(counts), [
      ['ada', 1],
      ['tea', 2],
    ]);
  });

  test('every change goes on at once where the store says so', () => {
    using driver = new TestDriver(wordCount(), { commit: 'manual', emit: 'each-change' });

    driver.send(words, '', 'tea tea');

    assert.deepEqual(driver.read(counts), [
      ['tea', 1],
      ['tea', 2],
    ]);
  });

  test('what cannot be driven is refused: other topics, partitions and layouts', () => {
    using driver = new TestDriver(wordCount());

    assert.throws(() => driver.send(counts, 'a', 1), ConfigError);
    assert.throws(() => driver.send(words, 'a', 'b', { partition: 1 }), ConfigError);
    assert.throws(() => driver.store(tableStore('other', { key: utf8, value: utf8 })), ConfigError);
    assert.throws(() => new TestDriver(wordCount(), { layout: 'as-deployed' }), ConfigError);
    assert.throws(() => new TestDriver(wordCount(), { partitions: 2 }), ConfigError);
  });
});

function wordCount() {
  const plan = new HandPlan();
  const lines = plan.source(words);
  const split = plan.processor<string, string, string, string>(
    'split',
    { parents: [lines] },
    (_context, forward) => (record) => {
      for (const word of record.value.split(' ')) forward({ ...record, key: word, value: word });
    },
  );
  const grouped = plan.repartition([split], byWord);
  const counted = plan.processor(
    'count',
    { parents: [grouped], stores: [store] },
    streamAggregate<string, string, number>(store, {
      initialize: () => 0,
      add: (count) => count + 1,
    }),
  );
  const stream = plan.processor(
    'to-stream',
    { parents: [counted] },
    tableToStream<string, number>(),
  );
  plan.sink([stream], counts);
  return plan.build();
}
