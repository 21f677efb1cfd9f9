import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { Internals } from '../../src/app/internals.ts';
import type { WorkerFailurePolicy } from '../../src/app/options.ts';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { ProcessError } from '../../src/errors/record-errors.ts';
import { WorkerError } from '../../src/errors/worker-errors.ts';
import { until } from './app-kit.ts';
import { type Trouble, trouble } from './worker-modules/counting-app.ts';
import { ThreadWorld } from './workers-kit.ts';

// Enough to work in, and soon too little.
const small = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16 };
const replace: WorkerFailurePolicy = () => 'replace';

const kinds: readonly { readonly kind: Trouble; readonly name: string; readonly why: RegExp }[] = [
  { kind: 'exit', name: 'that exits', why: /^worker \d ended: it exited with code 3$/ },
  { kind: 'throw', name: 'whose timer throws', why: /ended: thrown where nobody catches/ },
  { kind: 'reject', name: 'with an unhandled rejection', why: /ended: rejected where nobody/ },
  { kind: 'memory', name: 'that runs out of memory', why: /ended: .*memory limit/ },
];

for (const { kind, name, why } of kinds) {
  suite(`a worker ${name}`, () => {
    test('is replaced where the policy says so: nothing is lost or counted twice', async () => {
      await using world = await ThreadWorld.open();
      const failures: Error[] = [];
      const onWorkerFailure: WorkerFailurePolicy = (failure) => {
        failures.push(failure);
        return 'replace';
      };
      const app = world.app({ onWorkerFailure }, { threads: { resourceLimits: small } });
      const states: string[] = [];
      app.on('state', ({ to }) => states.push(to));
      await world.sendMany(100);
      await app.start();
      await app.ready();

      await world.send(trouble(kind, world.marker()));
      await world.sendMany(100);

      await until('one was replaced', () => failures.length === 1);
      await until('all is counted', () => isComplete(world));
      await app.close();
      const [failure] = failures;
      assert.ok(failure instanceof WorkerError);
      assert.match(failure.message, why);
      assert.ok(states.includes('rebalancing'));
      await eachOnce(world);
    });

    // Two of them, of a kind that ends with an error and of one that ends without.
    if (kind !== 'exit' && kind !== 'throw') return;
    test('fails the application where no policy says otherwise', async () => {
      await using world = await ThreadWorld.open();
      const app = world.app({}, { threads: { resourceLimits: small } });
      await app.start();
      await app.ready();

      await world.send('ada', trouble(kind, world.marker()));

      await until('it has failed', () => app.state === 'failed');
      await assert.rejects(app.ready(), WorkerError);
      assert.match(String(world.errors.at(-1)?.message), why);
      await app.close();
      await world.app().runUntilEnd();
      await eachOnce(world);
    });
  });
}

suite('a worker whose own application fails', () => {
  test('fails all of it, with the same error', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    const running = app.run();
    await world.send(trouble('fail', world.marker()));

    const error = await running.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    assert.ok(error instanceof ProcessError);
    assert.equal(error.position?.topic, 'words');
    assert.ok(error.cause instanceof RangeError);
  });

  test('is replaced where the policy says so', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app({ onWorkerFailure: replace });
    await app.start();
    await world.send(trouble('fail', world.marker()));
    await world.sendMany(50);

    await until('all is counted', () => isComplete(world));
    await until('it runs', () => app.state === 'running');
    await app.close();
    await eachOnce(world);
  });
});

suite('an application that is closed while a failed worker ends it', () => {
  test('is closed when the others are, and tells the failure', async () => {
    await using world = await ThreadWorld.open();
    const closing = Promise.withResolvers<void>();
    const onWorkerFailure: WorkerFailurePolicy = () => {
      closing.resolve(app.close());
      return 'fail';
    };
    const app = world.app({ onWorkerFailure });
    await app.start();
    await app.ready();

    await world.send(trouble('exit', world.marker()));
    await closing.promise;

    assert.equal(app.state, 'closed');
    const groups = await world.log.admin.groups();
    assert.ok(groups.every(({ state }) => state === 'Empty'));
    assert.match(String(world.errors.at(-1)?.message), /^worker \d ended: it exited with code 3$/);
  });
});

suite('a worker that ends while it starts', () => {
  test('fails the start, whatever the policy', async () => {
    await using world = await ThreadWorld.open();
    const module = new URL('./worker-modules/exiting-app.ts', import.meta.url);
    const app = world.app({ module, onWorkerFailure: replace });

    const error = await app.start().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    assert.ok(error instanceof WorkerError);
    assert.match(error.message, /^worker \d ended: it exited with code 4$/);
    assert.equal(app.state, 'failed');
  });
});

suite('a worker that ends while it closes', () => {
  test('is told of, and the others close in good order', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    await world.sendMany(50);
    await app.start();
    await app.ready();
    const marker = world.marker();
    await world.send(trouble('exit-when-told', marker));
    await until('it has met the word', () => existsSync(marker));

    const closing = app.close();
    writeFileSync(`${marker}.now`, '');
    await closing;

    assert.equal(app.state, 'closed');
    assert.match(String(world.errors.at(-1)?.message), /^worker \d ended: it exited with code 3$/);
    await world.app().runUntilEnd();
    await eachOnce(world);
  });
});

suite('a worker that fails again and again', () => {
  test('is not replaced for ever', async () => {
    await using world = await ThreadWorld.open();
    const threads: Internals['threads'] = { maxReplacements: 2 };
    const app = world.app({ workers: 1, onWorkerFailure: replace }, { threads });
    const running = app.run();
    await world.send(trouble('always-exit', world.marker()));

    const error = await running.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    assert.ok(error instanceof WorkerError);
    assert.match(error.message, /2 workers have been replaced within 60000 ms already/);
    assert.ok(error.cause instanceof WorkerError);
  });

  test('fails the application when the policy itself throws', async () => {
    await using world = await ThreadWorld.open();
    const onWorkerFailure: WorkerFailurePolicy = () => {
      throw new TypeError('the policy is broken');
    };
    const app = world.app({ workers: 1, onWorkerFailure });
    const running = app.run();
    await world.send(trouble('exit', world.marker()));

    await assert.rejects(running, /the policy is broken/);
  });
});

suite('a blocked worker', () => {
  const threads: Internals['threads'] = { terminateAfterMs: 200 };

  test('is terminated when a close takes too long', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app({}, { threads });
    await blocked(world, app);
    const startMs = performance.now();

    await app.close({ timeoutMs: 300 });

    assert.ok(performance.now() - startMs < 5000);
    assert.equal(app.state, 'closed');
    await world.app().runUntilEnd();
    await eachOnce(world);
  });

  test('is terminated when its application is abandoned', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app({}, { threads });
    await blocked(world, app);

    app.abandon();
    assert.equal(app.state, 'closed');

    // The next one waits until the directory is free.
    await world.app().runUntilEnd();
    await eachOnce(world);
  });

  const blocked = async (world: ThreadWorld, app: StreamsApp): Promise<void> => {
    await world.sendMany(100);
    await app.start();
    await app.ready();
    await until('some is counted', async () => (await world.written()).size > 0);
    const marker = world.marker();
    await world.send(trouble('loop', marker));
    await until('it is blocked', () => existsSync(marker));
  };
});

suite('abandoned workers', () => {
  test('commit nothing more, and leave what the next start goes on with', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    await app.start();
    await world.sendMany(100);
    await until('some is counted', async () => (await world.written()).size > 0);

    app.abandon();

    const before = await world.written();
    await app.close();
    assert.deepEqual(await world.written(), before);
    await world.app().runUntilEnd();
    await eachOnce(world);
  });

  test('may be terminated in the middle of writing their stores to disk', async () => {
    await using world = await ThreadWorld.open();
    for (let round = 0; round < 20; round++) {
      const internals = { settings: { flushIntervalMs: 1 }, threads: { terminateAfterMs: 0 } };
      const app = world.app({ workers: 1 }, internals);
      await app.start();
      const before = total(await world.last());
      await world.sendMany(10);
      await until('some is counted', async () => total(await world.last()) > before);

      app.abandon();
      await app.close();
    }
    await world.app({ workers: 1 }).runUntilEnd();
    await eachOnce(world);
  });

  test('that never started leave nothing', async () => {
    await using world = await ThreadWorld.open();
    const app = world.app();
    const starting = app.start();

    app.abandon();

    await starting.catch(() => undefined);
    await world.send('ada');
    await world.app().runUntilEnd();
    await eachOnce(world);
  });
});

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

async function isComplete(world: ThreadWorld): Promise<boolean> {
  const last = await world.last();
  return [...world.expected].every(([word, count]) => last.get(word) === count);
}

/** Each word's last count is how often it was sent, and none was written twice. */
async function eachOnce(world: ThreadWorld): Promise<void> {
  assert.deepEqual(await world.last(), world.expected);
  for (const [word, list] of await world.written()) {
    const ascends = list.every((count, at) => count > (list[at - 1] ?? 0));
    assert.ok(ascends, `${word}: ${list.join()}`);
  }
}
