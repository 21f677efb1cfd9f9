import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ProcessError, ProduceError } from '../../src/errors/record-errors.ts';
import { topic } from '../../src/record/topic.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { bytes, int32, int64, utf8 } from '../../src/serde/primitives.ts';
import { keyValueStore } from '../../src/store/store-definition.ts';
import { TestDriver } from '../../src/testing/test-driver.ts';
import { World } from './app-kit.ts';
import { counts, words } from './counting-topology.ts';

const deadLetters = topic('dead', { key: nullable(bytes), value: nullable(bytes) });

suite('a value that its store cannot encode', () => {
  for (const [kind, build] of Object.entries({
    table: bigTable,
    store: bigStore,
    bare: unlogged,
  })) {
    test(`ends the application; the error names processor, record, store (${kind})`, async () => {
      await using world = await World.open();
      await world.send('sun', 'big', 'sun');
      const app = world.app({ topology: build() });

      await assert.rejects(app.runUntilEnd(), (error) => {
        assert.ok(error instanceof ProcessError);
        assert.equal(error.node, kind === 'table' ? 'KSTREAM-AGGREGATE-0000000001' : 'keeper');
        assert.deepEqual(error.position, { topic: 'words', partition: 0, offset: 1 });
        assert.match(String(error.cause), /store sums cannot keep the value/);
        return true;
      });

      assert.equal(app.state, 'closed');
      assert.deepEqual(await world.read(), []);
      const [committed] = await world.state.committedOffsets('app', [
        { topic: 'words', partition: 0 },
      ]);
      assert.equal(committed, undefined);
    });

    test(`is left out where the policy continues, and the rest goes on (${kind})`, async () => {
      await using world = await World.open();
      await world.send('sun', 'big', 'sun');
      const asked: (string | undefined)[] = [];
      const onProcessError = (error: ProcessError) => {
        asked.push(error.position && `${error.node}@${error.position.offset}`);
        return 'continue' as const;
      };
      const options = { topology: build(), emit: 'each-change', onProcessError } as const;

      await world.app(options).runUntilEnd();

      assert.deepEqual(await world.read(), ['sun=0', 'sun=2']);
      assert.equal(asked.length, 1);
      // The commit met the value without knowing its record.
      const [error] = world.errors;
      assert.ok(error instanceof ProduceError && error.retriable);
      assert.match(error.message, /store sums has a value without bytes/);
    });
  }

  test('goes to a dead letter topic with the bytes of its record', async () => {
    await using world = await World.open();
    await world.log.admin.createTopics([{ topic: deadLetters, partitions: 1 }]);
    await world.send('sun', 'big', 'moon');
    const onProcessError = () => ({ deadLetter: deadLetters });

    await world.app({ topology: bigTable(), onProcessError }).runUntilEnd();

    assert.deepEqual(await world.read(topic('dead', { key: utf8, value: int64 })), ['big=1']);
    assert.deepEqual(await world.read(), ['sun=0', 'moon=2']);
  });

  test('is met where it is written in a driver, as on the JVM', () => {
    using driver = new TestDriver(bigTable(), { onProcessError: () => 'continue' });

    driver.send(words, 'big', 1);
    driver.send(words, 'sun', 2);

    assert.deepEqual(driver.read(counts), [['sun', 2]]);
  });
});

/** The values as they are, but one that four bytes cannot hold for `big`. */
function kept(word: string, value: number): number {
  return word === 'big' ? 2 ** 40 : value;
}

function bigTable() {
  const builder = new StreamsBuilder();
  builder
    .stream(words)
    .groupByKey()
    .aggregate(
      { initialize: () => 0, add: (_sum, value, word) => kept(word, value) },
      { name: 'sums', value: int32 },
    )
    .toStream()
    .to(counts);
  return builder.build();
}

function bigStore(changelog: 'kept' | 'none' = 'kept') {
  const sums = keyValueStore({ name: 'sums', key: utf8, value: int32, changelog });
  const builder = new StreamsBuilder();
  builder
    .stream(words)
    .process({
      node: 'keeper',
      stores: { sums },
      output: { key: utf8, value: int64 },
      init: ({ stores, forward }) => {
        return ({ key, value }) => {
          stores.sums.put(key, kept(key, value));
          forward({ key, value });
        };
      },
    })
    .to(counts);
  return builder.build();
}

function unlogged() {
  return bigStore('none');
}
