import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { topic } from '../../src/record/topic.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { World } from './app-kit.ts';
import { counts, words } from './counting-topology.ts';

const prices = topic('prices', { key: utf8, value: int64 });

test('records are joined in the order of their times, however late they are fetched', async () => {
  for (let run = 0; run < 100; run++) {
    await using world = await World.open();
    await world.log.admin.createTopics([{ topic: prices, partitions: 1 }]);
    await using producer = world.log.producer();
    // Prices 1, 2, 3 at 10, 20, 30; orders in between.
    for (const at of [1, 2, 3]) {
      await producer.send(prices, { key: 'tea', value: at, timestamp: at * 10 });
      await producer.send(words, { key: 'tea', value: at, timestamp: at * 10 + 5 });
    }
    const late = run % 3 === 0 ? undefined : run % 3 === 1 ? 'prices' : 'words';
    if (late !== undefined) world.port.late = { topic: late, polls: 1 + (run % 4) };

    await world.app({ topology: pricing(), maxTaskIdleMs: 0 }).runUntilEnd();

    assert.deepEqual(await world.read(), ['tea=1', 'tea=4', 'tea=9'], `run ${run}`);
  }
});

/** words ⋈ prices → counts: the order's value times the price it found. */
function pricing() {
  const builder = new StreamsBuilder();
  const table = builder.table(prices, { name: 'prices-by-name' });
  builder
    .stream(words)
    .join(table, (value, price) => value * price)
    .to(counts);
  return builder.build();
}
