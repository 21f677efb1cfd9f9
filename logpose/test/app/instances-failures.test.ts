import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from './app-kit.ts';
import type { FaultyLog } from './faulty-log.ts';
import { all, type Instance, Stage, shared } from './instances-kit.ts';

const quick = { settings: { heartbeatIntervalMs: 5, sessionTimeoutMs: 60 } };

suite('an instance that is silent for too long', () => {
  test('is fenced: its late commit is refused, and it joins anew', async () => {
    await using stage = await Stage.open();
    const port = stage.ownPort();
    const first = await stage.running({ port, internals: quick });
    const second = await stage.running();
    await shared(first, second);
    stage.letCome();
    await stage.progress();
    const heard = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();

    port.atPhase = () => heard.promise;
    port.beforeEnd = () => late.promise;
    await until('the other has all', () => second.tasks().length === all);
    await stage.progress();
    late.resolve();
    heard.resolve();

    await until('it knows', () => first.errors.some((error) => /not a member/.test(error)));
    await stage.settle();
    await shared(first, second);
    assert.ok(first.rebalances.some(({ length }) => length === 0));
  });

  test('gives up what it restores, and takes part again', async () => {
    await using stage = await Stage.open();
    const [before, second] = [await stage.running(), await stage.running()];
    await stage.send(200);
    await before.app.close();
    const port = stage.ownPort();
    const polled = Promise.withResolvers<void>();
    port.beforePoll = () => polled.promise;
    const first = stage.instance({ port, internals: quick });
    await first.app.start();
    await until('it restores', () => first.tasks().length > 0);

    const heard = Promise.withResolvers<void>();
    port.atPhase = () => heard.promise;
    await until('the other has all', () => second.tasks().length === all);
    heard.resolve();
    polled.resolve();

    stage.letCome();
    await stage.progress();
    await stage.settle();
    await shared(first, second);
  });
});

suite('an instance that waits for the others', () => {
  for (const how of ['closed', 'abandoned'] as const) {
    test(`can be ${how}, and is waited for by nobody`, async () => {
      await using stage = await Stage.open();
      const port = stage.ownPort();
      const first = await stage.running({ port });
      stage.letCome();
      await stage.progress();
      const asked = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      port.atPhase = (phase) => {
        if (phase === 'joining') asked.resolve();
        return held.promise;
      };
      const second = stage.instance();
      const started = second.app.start();
      await asked.promise;

      if (how === 'abandoned') second.app.abandon();
      await second.app.close();
      await started;
      held.resolve();

      assert.equal(second.app.state, 'closed');
      await shared(first);
      await stage.progress();
      await stage.settle();
    });
  }
});

suite('tasks that are handed over', () => {
  test('wait for the commit that is on its way', async () => {
    await using stage = await Stage.open();
    const port = stage.ownPort();
    const first = await stage.running({ port });
    const late = Promise.withResolvers<void>();
    port.beforeEnd = () => late.promise;
    stage.letCome();
    await until('a commit is on its way', () => port.commits > 0);

    const joined = Promise.withResolvers<void>();
    port.atPhase = async (phase) => {
      if (phase === 'joined') joined.resolve();
    };
    const second = stage.instance();
    const started = second.app.start();
    await joined.promise;
    assert.equal(first.tasks().length, all);
    assert.equal(second.tasks().length, 0);
    late.resolve();

    await started;
    await shared(first, second);
    await stage.progress();
    await stage.settle();
  });

  for (const end of ['abort', 'doubt-committed', 'doubt-lost'] as const) {
    test(`have what is in the log, however the last commit ended (${end})`, async () => {
      await using stage = await Stage.open();
      const port = stage.ownPort();
      const first = await stage.running({ port });
      stage.letCome();
      await stage.progress();
      first.app.on('rebalance', ({ tasks }) => {
        if (tasks.length < all) port.ends.push(end, end);
      });

      const second = await stage.running();
      await shared(first, second);

      await stage.progress();
      await stage.settle();
    });
  }

  test('go on while they are restored', async () => {
    await using stage = await Stage.open();
    const before = await stage.running();
    await stage.send(200);
    await before.app.close();
    const port = stage.ownPort();
    const polled = Promise.withResolvers<void>();
    port.beforePoll = () => polled.promise;
    const first = stage.instance({ port });
    await first.app.start();
    await until('it restores', () => first.tasks().length === all);

    const second = await stage.running();
    await until('half is another’s', () => second.tasks().length === all / 2);
    polled.resolve();

    stage.letCome();
    await stage.progress();
    await stage.settle();
    await shared(first, second);
  });
});

/** Where an instance may be when it dies. */
type Phase = 'joining' | 'joined' | 'syncing' | 'synced' | 'restoring' | 'revoking';

const ofAll = ['joining', 'joined', 'syncing', 'synced'] as const;
const victims: Readonly<Record<string, readonly Phase[]>> = {
  'who comes': [...ofAll, 'restoring'],
  'who leads': [...ofAll, 'revoking'],
  'another one': [...ofAll, 'revoking'],
};

suite('a hand-over in which somebody dies loses and doubles nothing', () => {
  for (const [who, phases] of Object.entries(victims)) {
    for (const phase of phases) {
      test(`${who}, ${phase}`, async () => {
        await using stage = await Stage.open();
        const ports = { leads: stage.ownPort(), other: stage.ownPort(), comes: stage.ownPort() };
        const leads = await stage.running({ port: ports.leads });
        const other = await stage.running({ port: ports.other });
        await shared(leads, other);
        stage.letCome();
        await stage.progress();
        const comes = stage.instance({ port: ports.comes });

        const [victim, port] =
          who === 'who comes'
            ? [comes, ports.comes]
            : who === 'who leads'
              ? [leads, ports.leads]
              : [other, ports.other];
        const died = diesAt(phase, victim, port);
        await Promise.all([comes.app.start(), died]);

        await shared(...[leads, other, comes].filter((each) => each !== victim));
        await stage.progress();
        await stage.settle();
      });
    }
  }
});

/** Resolves when the instance has come so far, and is given up. */
function diesAt(phase: Phase, { app, tasks }: Instance, port: FaultyLog): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const die = () => {
    app.abandon();
    resolve();
  };
  const had = tasks().length;
  port.atPhase = async (reached) => {
    if (reached === phase) die();
  };
  app.on('restore', ({ lag }) => {
    if (phase === 'restoring' && lag > 0) die();
  });
  app.on('rebalance', (share) => {
    if (phase !== 'revoking' || share.tasks.length >= had) return;
    port.beforeEnd = async () => die();
  });
  return promise;
}
