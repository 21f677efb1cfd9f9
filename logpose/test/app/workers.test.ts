import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { until } from './app-kit.ts';
import { words } from './counting-topology.ts';
import { wordCounts } from './worker-modules/counting-app.ts';
import { ThreadWorld } from './workers-kit.ts';

suite('worker threads', () => {
  test('count together what one would count alone', async () => {
    await using world = await ThreadWorld.open();
    await world.sendMany(500);
    const app = world.app({ workers: 2 });

    await app.runUntilEnd();

    assert.deepEqual(await world.last(), world.expected);
    assert.equal(app.state, 'closed');
    assert.deepEqual(world.errors, []);
  });

  test('share the tasks, each with a directory of its own, and go on where they were', async () => {
    await using world = await ThreadWorld.open();
    await world.sendMany(100);
    await world.app().runUntilEnd();
    await world.sendMany(100);
    const app = world.app();
    const restored: number[] = [];
    app.on('restore', ({ lag }) => restored.push(lag));
    let tasks: readonly string[] = [];
    app.on('rebalance', (share) => {
      tasks = share.tasks;
    });
    await app.start();

    await until('both work', () => tasksOf(app, '0') === 3 && tasksOf(app, '1') === 3);
    assert.deepEqual(tasks, ['0_0', '0_1', '0_2', '1_0', '1_1', '1_2']);
    await until('all is counted', async () => (await world.last()).size === 17);
    await app.close();

    await world.app().runUntilEnd();
    assert.deepEqual(await world.last(), world.expected);
    assert.ok(restored.length > 0);
  });

  test('are told to stop and to go on', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    app.pause();
    await app.start();
    await app.ready();
    await world.send('ada');

    app.resume();

    await until('it is counted', async () => (await world.last()).get('ada') === 1);
    app.pause();
    await world.send('ada');
    app.resume();
    await until('it is counted', async () => (await world.last()).get('ada') === 2);
  });

  test('say how much they have done, each for itself', async () => {
    await using world = await ThreadWorld.open();
    await world.sendMany(50);
    const app = world.app();
    await app.runUntilEnd();

    const workers = new Set(app.metrics().map(({ tags }) => tags['worker']));

    assert.deepEqual(workers, new Set(['0', '1']));
  });

  test('close in good order under load, and nothing is lost or counted twice', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    await app.start();
    const sending = world.sendMany(1000);
    await until('some is counted', async () => (await world.written()).size > 0);

    await app.close();

    assert.equal(app.state, 'closed');
    await sending;
    await world.app().runUntilEnd();
    await countedOnce(world);
  });

  test('are not started twice, and clean up behind themselves', async () => {
    await using world = await ThreadWorld.open();
    await world.send('ada');
    const app = world.app();
    await app.runUntilEnd();

    await app.cleanUp();

    await assert.rejects(app.start(), ConfigError);
    await world.send('ada');
    await world.app().runUntilEnd();
    assert.equal((await world.last()).get('ada'), 2);
  });

  test('are none: then the module runs on the main thread', async () => {
    await using world = await ThreadWorld.open();
    await world.sendMany(50);
    const app = world.app({ workers: 0 });

    await app.runUntilEnd();

    assert.deepEqual(await world.last(), world.expected);
    assert.ok(app.metrics().every(({ tags }) => tags['worker'] === undefined));
  });
});

suite('the state of worker threads', () => {
  test('is read through the application', async () => {
    await using world = await ThreadWorld.open();
    await world.send('ada', 'bob', 'ada');
    const app = world.app();
    await app.start();

    await until('ada is counted', async () => (await countOf(app, 'ada')) === 2);
    await until('bob is counted', async () => (await countOf(app, 'bob')) === 1);
    assert.equal(await countOf(app, 'eve'), 'absent');
    await until('all are in one place', async () => {
      const rows: string[] = [];
      for await (const { key, value } of app.store(wordCounts).range()) {
        rows.push(`${key}=${value}`);
      }
      return rows.toSorted().join() === 'ada=2,bob=1';
    });
  });

  test('can be waited for by position', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    await app.start();
    await app.ready();
    await world.send('ada');
    await until('ada is counted', async () => (await countOf(app, 'ada')) === 1);
    const answer = await app.store(wordCounts).get('ada');
    assert.equal(answer.state, 'found');
    const after = answer.state === 'found' ? answer.position : [];

    const again = await app.store(wordCounts).get('ada', { after, timeoutMs: 5000 });

    assert.equal(again.state, 'found');
    const wrong = { topic: 'counts', partition: 0, offset: 0 };
    await assert.rejects(app.store(wordCounts).get('ada', { after: wrong }), ConfigError);
  });

  test('says which worker has what', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    await app.start();

    await until('both have tasks', () => {
      const shares = app.metadata.instances().map(({ tasks }) => tasks.length);
      return shares.join() === '3,3';
    });

    const owner = app.metadata.ownerOf(wordCounts, 'ada');
    assert.ok(owner?.stores.includes('word-counts'));
  });

  test('is not known before the start, nor read behind the end', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    assert.throws(() => app.store(wordCounts), ConfigError);
    await app.start();
    const store = app.store(wordCounts);
    const foreign = new StreamsBuilder().table(words, { name: 'foreign' });
    assert.throws(() => app.store(foreign), ConfigError);

    await app.close();

    assert.deepEqual(await store.get('ada'), { state: 'unavailable', reason: 'closed' });
  });

  test('can be subscribed to', async () => {
    await using world = await ThreadWorld.open();
    await world.send('ada');
    const app = world.app();
    await app.start();
    await until('ada is counted', async () => (await countOf(app, 'ada')) === 1);
    const seen: (number | undefined)[] = [];

    for await (const event of app.subscribe(wordCounts, { key: 'ada' })) {
      if (event.kind === 'change') seen.push(event.value);
      else seen.push(...event.rows.map(([, { value }]) => value));
      if (event.kind === 'snapshot') await world.send('ada');
      if (seen.at(-1) === 2) break;
    }

    assert.deepEqual(seen, [1, 2]);
  });
});

suite('a module for worker threads', () => {
  const startOf = async (world: ThreadWorld, file: string, workers: number) => {
    const module = new URL(`./worker-modules/${file}`, import.meta.url);
    const app = world.app({ module, workers });
    const error = await app.start().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ConfigError);
    assert.equal(app.state, 'failed');
    return error;
  };

  for (const workers of [0, 1]) {
    test(`is named when it is not there, throws or has no application (${workers})`, async () => {
      await using world = await ThreadWorld.open();

      const missing = await startOf(world, 'nowhere.ts', workers);
      const broken = await startOf(world, 'broken-app.ts', workers);
      const other = await startOf(world, 'no-app.ts', workers);

      assert.match(missing.message, /the module file:.*nowhere\.ts cannot be loaded/);
      assert.match(broken.message, /the module file:.*broken-app\.ts cannot be loaded: .*twice/s);
      assert.match(other.message, /no-app\.ts must have an application as its default export/);
    });
  }

  test('must make the same topology in every thread', async () => {
    await using world = await ThreadWorld.open();

    const error = await startOf(world, 'changing-app.ts', 2);

    assert.match(error.message, /changing-app\.ts has another topology in worker \d than on the/);
  });
});

/** Each word's counts are 1, 2, 3, … without a gap, as far as updates are told one by one. */
async function countedOnce(world: ThreadWorld): Promise<void> {
  assert.deepEqual(await world.last(), world.expected);
  for (const [word, list] of await world.written()) {
    const ascends = list.every((count, at) => count > (list[at - 1] ?? 0));
    assert.ok(ascends, `${word}: ${list.join()}`);
  }
}

async function countOf(app: StreamsApp, word: string): Promise<number | string> {
  const answer = await app.store(wordCounts).get(word);
  return answer.state === 'found' ? answer.value : answer.state;
}

function tasksOf(app: StreamsApp, worker: string): number {
  const metrics = app.metrics().filter(({ tags }) => tags['worker'] === worker);
  return metrics.find(({ name }) => name === 'tasks')?.value ?? 0;
}
