import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import type { DroppedRecords } from '../../src/app/events.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { DecodeError, ProcessError, ProduceError } from '../../src/errors/record-errors.ts';
import { topic } from '../../src/record/topic.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { bytes, int64, utf8 } from '../../src/serde/primitives.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from './app-kit.ts';
import { counts, words } from './counting-topology.ts';

const deadLetters = topic('dead', { key: nullable(bytes), value: nullable(bytes) });

suite('a record that fails', () => {
  test('ends the application by default; what was committed before stays', async () => {
    await using world = await World.open();
    const app = world.app({ topology: refusing('moon') });
    await app.start();
    const failed = app.ready().then(() => until('it fails', () => app.state === 'failed'));
    await world.send('sun');
    await until('the sun', async () => (await world.read()).length === 1);

    await world.send('sea', 'moon', 'stars');
    await failed;

    assert.deepEqual(await world.read(), ['sun=0']);
    const [error] = world.errors;
    assert.ok(error instanceof ProcessError);
    assert.deepEqual(error.position, { topic: 'words', partition: 0, offset: 2 });
  });

  test('that nobody listens for is a warning with the cause and where it was thrown', async () => {
    await using world = await World.open();
    await world.send('moon');
    const warned = once(process, 'warning');
    const topology = refusing('moon');

    await using app = new StreamsApp({ id: 'app', log: world.log, topology });
    await app.start();
    const [warning] = await warned;

    assert.equal(warning.code, 'PROCESS_FAILED');
    assert.match(warning.message, /^processor \S+ failed at words-0@0: TypeError$/);
    assert.match(warning.detail, /^caused by: TypeError: .+\n +at .*policies\.test\.ts/);
  });

  test('is told by what run and runUntilEnd reject with', async () => {
    await using world = await World.open();
    await world.send('moon');

    await assert.rejects(world.app({ topology: refusing('moon') }).run(), ProcessError);
    await assert.rejects(world.app({ topology: refusing('moon') }).runUntilEnd(), ProcessError);
  });

  test('is left out when the policy says to continue, and counted', async () => {
    await using world = await World.open();
    await world.send('sun', 'moon', 'stars');
    const app = world.app({ topology: refusing('moon'), onProcessError: () => 'continue' });

    await app.runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=0', 'stars=2']);
    assert.equal(metric(app, 'failed-records'), 1);
    assert.equal(metric(app, 'dropped-records'), 1);
  });

  test('goes to a dead letter topic, with its results in one transaction', async () => {
    await using world = await World.open();
    await world.log.admin.createTopics([{ topic: deadLetters, partitions: 1 }]);
    await world.send('sun', 'moon');
    world.port.ends.push('abort');
    const onProcessError = () => ({ deadLetter: deadLetters });

    await world.app({ topology: refusing('moon'), onProcessError }).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=0']);
    assert.deepEqual(await world.read(topic('dead', { key: utf8, value: int64 })), ['moon=1']);
  });

  test('goes to a dead letter topic at once: nothing is processed twice for it', async () => {
    await using world = await World.open();
    await world.log.admin.createTopics([{ topic: deadLetters, partitions: 3 }]);
    const seen: string[] = [];
    await world.send('sun', 'moon', 'sea');
    const topology = refusing('moon', (word) => seen.push(word));
    const onProcessError = () => ({ deadLetter: deadLetters });

    await world.app({ topology, onProcessError }).runUntilEnd();

    assert.deepEqual(seen, ['sun', 'moon', 'sea']);
    assert.deepEqual(await world.read(topic('dead', { key: utf8, value: int64 })), ['moon=1']);
    assert.deepEqual(world.errors, []);
  });

  test('goes to a dead letter topic made since the start, by one more attempt', async () => {
    await using world = await World.open();
    const app = world.app({
      topology: refusing('moon'),
      onProcessError: () => ({ deadLetter: deadLetters }),
    });
    await app.start();
    await app.ready();
    await world.log.admin.createTopics([{ topic: deadLetters, partitions: 1 }]);

    await world.send('sun', 'moon');

    const letters = topic('dead', { key: utf8, value: int64 });
    await until('the letter', async () => (await world.read(letters)).length === 1);
    assert.deepEqual(await world.read(), ['sun=0']);
  });

  test('ends the application when the dead letter topic is not there', async () => {
    await using world = await World.open();
    await world.send('sun', 'moon');
    const onProcessError = () => ({ deadLetter: deadLetters });

    const run = world.app({ topology: refusing('moon'), onProcessError }).runUntilEnd();

    await assert.rejects(run, (error) => error instanceof ProduceError && error.topic === 'dead');
    assert.deepEqual(await world.read(), []);
  });

  test('for a topic that is not there ends the application by default', async () => {
    await using world = await World.open();
    await world.send('sun');
    const builder = new StreamsBuilder();
    builder.stream(words).to(() => topic('nowhere', { key: utf8, value: int64 }));

    const run = world.app({ topology: builder.build() }).runUntilEnd();

    await assert.rejects(run, (error) => error instanceof ProduceError && !error.retriable);
  });

  test('because its bytes are refused asks the decode policy', async () => {
    await using world = await World.open();
    const text = topic('words', { key: utf8, value: utf8 });
    await using producer = world.log.producer();
    await producer.send(text, { key: 'bad', value: 'not eight bytes' });
    await world.send('sun');

    await assert.rejects(world.app({ topology: refusing() }).runUntilEnd(), DecodeError);
    const onDecodeError = () => 'continue' as const;
    await world.app({ topology: refusing(), onDecodeError }).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=0']);
  });
});

test('a topic that is chosen per record is looked up at the start', async () => {
  await using world = await World.open();
  const seen: string[] = [];
  const builder = new StreamsBuilder();
  builder
    .stream(words)
    .peek((_value, word) => {
      seen.push(word);
    })
    .to(() => counts);
  await world.send('sun', 'moon');

  await world.app({ topology: builder.build() }).runUntilEnd();

  assert.deepEqual(await world.read(), ['sun=0', 'moon=1']);
  assert.deepEqual(seen, ['sun', 'moon']);
  assert.deepEqual(world.errors, []);
});

test('dropped records are told once per reason and second, with their count', async () => {
  await using world = await World.open();
  const clock = new ManualClock(1_000_000);
  const app = world.app(
    { topology: refusing('moon'), onProcessError: () => 'continue' },
    { surroundings: clock },
  );
  const dropped: DroppedRecords[] = [];
  app.on('dropped', (each) => dropped.push(each));
  await app.start();
  await app.ready();

  await world.send('moon', 'moon', 'sun', 'moon');
  await until('all are processed', () => metric(app, 'processed-records') === 4);
  assert.deepEqual(
    dropped.map(({ count }) => count),
    [1],
  );
  clock.advance(1000);

  const [first, second] = dropped;
  assert.equal(first?.reason, 'process-failed');
  assert.deepEqual(first.position, { topic: 'words', partition: 0, offset: 0 });
  assert.equal(second?.count, 2);
  assert.deepEqual(second.position, { topic: 'words', partition: 0, offset: 1 });
  clock.advance(5000);
  assert.equal(dropped.length, 2);
});

/** words → counts, and throws on one of them. */
function refusing(refused?: string, seen: (word: string) => void = () => {}) {
  const builder = new StreamsBuilder();
  builder
    .stream(words)
    .peek((_value, word) => {
      seen(word);
      if (word === refused) throw new TypeError('refused');
    })
    .to(counts);
  return builder.build();
}

function metric(app: ReturnType<World['app']>, name: string): number {
  return app
    .metrics()
    .filter((each) => each.name === name)
    .reduce((sum, { value }) => sum + value, 0);
}
