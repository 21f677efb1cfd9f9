import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topic } from '../record/topic.ts';
import { int64, utf8 } from '../serde/primitives.ts';
import { TestDriver } from '../testing/test-driver.ts';
import { StreamsBuilder } from './streams-builder.ts';

test('a processor that declares a table reads the table’s own store', () => {
  const words = topic('words', { key: utf8, value: utf8 });
  const doubled = topic('doubled', { key: utf8, value: int64 });
  const builder = new StreamsBuilder();
  const counts = builder.stream(words).groupByKey().count({ name: 'counts' });
  counts
    .toStream()
    .process({
      stores: { counts },
      output: { key: utf8, value: int64 },
      init:
        ({ stores, forward }) =>
        ({ key }) =>
          forward({ key, value: 2 * (stores.counts.get(key)?.value ?? 0) }),
    })
    .to(doubled);
  using driver = new TestDriver(builder.build());

  driver.send(words, 'ada', 'be');
  driver.send(words, 'ada', 'or');

  assert.deepEqual(driver.read(doubled), [
    ['ada', 2],
    ['ada', 4],
  ]);
});
