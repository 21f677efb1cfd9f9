import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { openEmbeddedLog } from '../../src/log-embedded/open-embedded-log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from './app-kit.ts';
import { counting, counts, words } from './counting-topology.ts';

const repartition = { topic: 'app-by-word-repartition', partition: 0 };

suite('a repartition topic', () => {
  test('gives up what is processed and committed, every 30 seconds', async () => {
    await using world = await World.open();
    const clock = new ManualClock(1_000_000);
    const app = world.app({ commitIntervalMs: 0 }, { surroundings: clock });
    await app.start();
    await world.send('sun', 'moon');
    await until('both', async () => (await world.read()).length === 2);
    assert.deepEqual(offsets(world), [0, 2]);

    clock.advance(30_000);

    await until('the purge', () => offsets(world)[0] === 2);
    assert.deepEqual(world.errors, []);
  });

  test('keeps what is processed and not committed: an abort needs it again', async () => {
    await using world = await World.open();
    const clock = new ManualClock(1_000_000);
    const app = world.app({ commitIntervalMs: 100_000 }, { surroundings: clock });
    await app.start();
    await app.ready();
    await world.send('sun');
    await until('it is read', () => processed(app) === 1);
    clock.advance(100_000);
    await until('it is counted', () => processed(app) === 2);

    clock.advance(30_000);
    clock.advance(30_000);
    await new Promise((resolve) => setImmediate(resolve));

    assert.deepEqual(offsets(world), [0, 1]);
    world.port.ends.push('abort');
    clock.advance(100_000);
    await until('the abort', () => world.errors.length === 1);
    await until('it is counted again', () => processed(app) === 3);
    clock.advance(100_000);
    await until('the count', async () => (await world.read()).length === 1);
    assert.deepEqual(await world.read(), ['sun=1']);
  });

  test('keeps the disk flat over ten minutes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'purge-'));
    try {
      await using log = await openEmbeddedLog({ directory, segmentBytes: 50_000 });
      await log.admin.createTopics([
        { topic: words, partitions: 1 },
        { topic: counts, partitions: 1 },
      ]);
      const clock = new ManualClock(1_000_000);
      const options = { id: 'app', log, topology: counting().topology, commitIntervalMs: 0 };
      await using app = new StreamsApp(withInternals(options, { surroundings: clock }));
      await app.start();
      await using producer = log.producer();
      const filled: number[] = [];
      const sizes: number[] = [];
      let sent = 0;
      for (let minute = 0; minute < 10; minute++) {
        for (let half = 0; half < 2; half++) {
          const sends = Array.from({ length: 1000 }, (_, at) =>
            producer.send(words, { key: `a-word-of-some-length-${at % 50}`, value: at }),
          );
          await Promise.all(sends);
          sent += 1000;
          await until('all are processed', () => processed(app) >= 2 * sent);
          filled.push(await sizeOf(directory, repartition.topic));
          clock.advance(30_000);
        }
        sizes.push(await sizeOf(directory, repartition.topic));
      }

      assert.ok(Math.max(...filled) > 0);
      // A thousand records are about fifty kilobytes: without purging there would be a million.
      assert.ok(Math.max(...sizes) < 250_000, sizes.join());
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

function offsets(world: World): readonly [number, number] {
  const { startOffset, endOffset } = world.state.partition(repartition);
  return [startOffset, endOffset];
}

function processed(app: StreamsApp): number {
  return app
    .metrics()
    .filter(({ name }) => name === 'processed-records')
    .reduce((total, { value }) => total + value, 0);
}

/** Bytes of all files below a directory whose path names the topic. */
async function sizeOf(directory: string, topic: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && path.includes(topic)) bytes += await sizeOfFile(path);
  }
  return bytes;
}

/** 0: it was deleted meanwhile. */
async function sizeOfFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
