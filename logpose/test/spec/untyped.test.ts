import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import {
  ConfigError,
  int64,
  json,
  StreamsApp,
  StreamsBuilder,
  TopologyError,
  topic,
  tumbling,
  utf8,
} from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { TestDriver } from 'logpose/testing';
import { words } from './driving.ts';

/** Says what a call is refused with; the rest of the sentence does not matter. */
function refuses(call: () => unknown, words: string): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof TopologyError || error instanceof ConfigError, String(error));
    assert.ok(error.message.includes(words), error.message);
    return true;
  });
}

const add = (sum: number) => sum + 1;
const summing = { initialize: () => 0, add };

// Node runs TypeScript without reading its types, so these calls are made.
suite('a call that types would have refused says what to write', () => {
  const stream = () => new StreamsBuilder().stream(words);
  const grouped = () => stream().groupByKey();
  const windowed = () => grouped().windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }));
  const table = () => new StreamsBuilder().table(words, { name: 'rows' });

  test('an aggregate without a name names the call and its place', () => {
    const count = "count behind KSTREAM-SOURCE-0000000000 needs a name: write count({ name: 'coun";
    // @ts-expect-error
    refuses(() => grouped().count(), count);
    // @ts-expect-error
    refuses(() => windowed().count(), count);
    refuses(() => grouped().count({ name: '' }), count);
    // @ts-expect-error
    refuses(() => grouped().count({ nmae: 'counts' }), "count({ name: 'counts' }), not { nmae }");
    // @ts-expect-error
    refuses(() => grouped().count({}), "count({ name: 'counts' }), not {}");
    // @ts-expect-error
    refuses(() => grouped().count('counts'), "count({ name: 'counts' }), not 'counts'");
    // @ts-expect-error
    refuses(() => grouped().reduce((sum: string) => sum), "reduce(reducer, { name: 'latest' })");
    // @ts-expect-error
    refuses(() => windowed().reduce((sum: string) => sum), "reduce(reducer, { name: 'latest' })");
  });

  test('an aggregate has its serde too', () => {
    const example = "write aggregate({ initialize, add }, { name: 'totals', value: int64 })";
    // @ts-expect-error
    refuses(() => grouped().aggregate(summing), `needs a name and a value serde: ${example}`);
    // @ts-expect-error
    refuses(() => grouped().aggregate(summing, { name: 'sum' }), `needs a value serde: ${example}`);
    // @ts-expect-error
    refuses(() => windowed().aggregate(summing), `needs a name and a value serde: ${example}`);
  });

  test('tables and repartition topics have names', () => {
    // @ts-expect-error
    refuses(() => new StreamsBuilder().table(words), "table(topic, { name: 'words' })");
    // @ts-expect-error
    refuses(() => stream().toTable(), "toTable({ name: 'rows' })");
    // @ts-expect-error
    refuses(() => stream().repartition(), "repartition({ name: 'by-key' })");
    // @ts-expect-error
    refuses(() => stream().groupBy((value) => value), "{ name: 'by-customer', key: utf8 }");
    // @ts-expect-error
    refuses(() => table().materialize(), "materialize({ name: 'rows' })");
    // @ts-expect-error
    refuses(() => table().groupBy((value, key) => [value, key]), 'needs a name: write groupBy(');
    const groups = table().groupBy((value) => [value, 1], { name: 'g', key: utf8, value: int64 });
    // @ts-expect-error
    refuses(() => groups.count(), "count({ name: 'counts' })");
    // @ts-expect-error
    refuses(() => groups.reduce({ add, subtract: add }), 'reduce({ add, subtract }, {');
    const undoing = { ...summing, subtract: add };
    // @ts-expect-error
    refuses(() => groups.aggregate(undoing), 'aggregate({ initialize, add, subtract }, {');
  });

  test('a topic is more than its name', () => {
    const topicOf = (name: string) => `(topic('${name}', { key: utf8, value: utf8 })`;
    // @ts-expect-error
    refuses(() => new StreamsBuilder().stream('in'), `not 'in': write stream${topicOf('in')}`);
    // @ts-expect-error
    refuses(() => new StreamsBuilder().stream(undefined), 'stream takes a topic, not undefined');
    // @ts-expect-error
    refuses(() => new StreamsBuilder().table('in', { name: 'r' }), `table${topicOf('in')}, { name`);
    // @ts-expect-error
    refuses(() => stream().to('out'), `to${topicOf('out')}`);
    // @ts-expect-error
    refuses(() => topic('x', undefined), "topic('x') needs a key serde and a value serde: write ");
    // @ts-expect-error
    refuses(() => topic('x', { key: utf8 }), "topic('x') needs a value serde: write topic('x', {");
  });

  test('a table that is not kept cannot be read', () => {
    const builder = new StreamsBuilder();
    const long = builder.table(words, { name: 'rows' }).filter((word) => word.length > 3);
    using driver = new TestDriver(builder.build());
    const advice = "read what materialize({ name: 'rows' }) or an aggregate returns";
    // @ts-expect-error
    refuses(() => driver.store(long), advice);
    // @ts-expect-error
    refuses(() => driver.changelog(long), advice);
  });

  test('JSON is checked when it is read, by a function or a schema', () => {
    // @ts-expect-error
    refuses(() => json(), 'json needs what checks values when they are read');
  });

  test('a builder is no topology before it is built', async () => {
    const builder = new StreamsBuilder();
    const words = 'topology is a builder: pass what builder.build() returns';
    // @ts-expect-error
    refuses(() => new TestDriver(builder), words);
    await using place = await openLog();
    // @ts-expect-error
    refuses(() => new StreamsApp({ id: 'app', log: place.log, topology: builder }), words);
  });
});

suite('createTopics', () => {
  test('takes topics with their partitions', async () => {
    await using place = await openLog();
    await assert.rejects(
      // @ts-expect-error
      () => place.log.admin.createTopics(['x']),
      /createTopics takes \{ topic, partitions: 1 \} for each topic, not 'x'/,
    );
  });

  test('takes the words there are for cleaning', async () => {
    await using place = await openLog();
    await assert.rejects(
      // @ts-expect-error
      () => place.log.admin.createTopics([{ topic: words, partitions: 1, cleanup: 'none' }]),
      /cleanup\.policy is 'none' and must be delete, compact or compact,delete/,
    );
  });

  test('warns when a topic is there with another number of partitions', async () => {
    await using place = await openLog();
    const { admin } = place.log;
    await admin.createTopics([{ topic: words, partitions: 1 }]);
    const warned = once(process, 'warning');

    await admin.createTopics([{ topic: words, partitions: 1 }]);
    await admin.createTopics([{ topic: words, partitions: 3 }]);

    const [warning] = await warned;
    assert.equal(warning.code, 'LOGPOSE_TOPIC_PARTITIONS');
    assert.match(warning.message, /^topic words is there already, with 1 partitions instead of 3/);
    assert.equal((await admin.describeTopics([words]))[0]?.partitions, 1);
  });
});

test('a consumer begins nowhere else than it can be told', async () => {
  await using place = await openLog();
  await place.log.admin.createTopics([{ topic: words, partitions: 1 }]);
  // @ts-expect-error
  await using consumer = place.log.consumer({ topics: [words], groupId: 'group', from: 'end' });

  await assert.rejects(
    () => consumer[Symbol.asyncIterator]().next(),
    /from is end and must be 'earliest', 'latest' or \{ timestampMs \}/,
  );
});

async function openLog() {
  const directory = await mkdtemp(join(tmpdir(), 'untyped-'));
  const log = await openEmbeddedLog({ directory });
  return {
    log,
    [Symbol.asyncDispose]: async () => {
      await log[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}
