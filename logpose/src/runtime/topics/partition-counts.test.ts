import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../dsl/streams-builder.ts';
import { topic } from '../../record/topic.ts';
import { int64, utf8 } from '../../serde/primitives.ts';
import { partitionCounts } from './partition-counts.ts';

const serdes = { key: utf8, value: int64 };
const orders = topic('orders', serdes);
const prices = topic('prices', serdes);

suite('a repartition topic', () => {
  test('has as many partitions as the greatest of the topics its records come from', () => {
    const builder = new StreamsBuilder();
    builder
      .stream([orders, prices])
      .groupBy((_value, key) => key, { name: 'one', ...serdes })
      .count({ name: 'counts' })
      .toStream()
      .groupBy((_value, key) => key, { name: 'two', key: utf8 })
      .count({ name: 'again' });

    const { counts, problems } = partitionCounts(builder.build(), known({ orders: 3, prices: 5 }));

    assert.deepEqual(problems, []);
    assert.equal(counts.get('one-repartition'), 5);
    assert.equal(counts.get('two-repartition'), 5);
  });

  test('has as many as the topic it is joined with', () => {
    const { counts, problems } = partitionCounts(joined(), known({ orders: 8, prices: 2 }));

    assert.deepEqual(problems, []);
    assert.equal(counts.get('by-key-repartition'), 2);
  });

  test('has the number its author gave, which must fit', () => {
    const { counts, problems } = partitionCounts(joined(4), known({ orders: 8, prices: 4 }));
    const other = partitionCounts(joined(3), known({ orders: 8, prices: 4 }));

    assert.deepEqual(problems, []);
    assert.equal(counts.get('by-key-repartition'), 4);
    assert.match(other.problems.join(), /by-key-repartition has 3/);
  });
});

function joined(partitions?: number) {
  const builder = new StreamsBuilder();
  const table = builder.table(prices, { name: 'prices-by-key' });
  builder
    .stream(orders)
    .selectKey((_value, key) => key)
    .repartition({ name: 'by-key', ...serdes, ...(partitions !== undefined && { partitions }) })
    .join(table, (order, price) => order * price);
  return builder.build();
}

function known(counts: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(counts));
}
