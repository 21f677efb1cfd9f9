import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Log, StreamsApp } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import pino from 'pino';
import type { Surroundings } from '../../src/domain/surroundings.ts';
import { sendEvent } from '../../src/events/send-event.ts';
import type { InstanceReport } from '../../src/ops/instances.ts';
import { killedForMs } from '../../src/ops/streams-instance.ts';
import { StreamsKeeper } from '../../src/ops/streams-keeper.ts';
import { shopStreams } from '../../src/streams/app.ts';
import { allTopics, ensureTopics, shopTopics } from '../../src/topics.ts';

const topics = shopTopics();
const code = '4';

suite('several stream instances', () => {
  test('share the tasks; each has its directory, the first the old one', async () => {
    await using stage = await Stage.open();
    const keeper = await stage.start(3);

    const reports = await stage.shared(keeper, ['crew-1', 'crew-2', 'crew-3']);

    assert.deepEqual(
      reports.map(({ id }) => id),
      ['crew-1', 'crew-2', 'crew-3'],
    );
    const state = await readdir(stage.stateDirectory);
    assert.deepEqual(state.toSorted(), ['crew-2', 'crew-3', 'onepiece-stream-aggregator']);
  });

  test('of which one is killed: the others count on, and it comes back', async () => {
    await using stage = await Stage.open();
    const keeper = await stage.start(3);
    await stage.shared(keeper, ['crew-1', 'crew-2', 'crew-3']);
    await stage.view(10);
    await stage.counted(keeper, 10);

    assert.equal(keeper.kill('crew-1'), 'killed');
    const [killed] = keeper.report();
    assert.deepEqual(killed, { id: 'crew-1', state: 'down', tasks: [], restoreLag: 0 });
    assert.equal(keeper.kill('crew-1'), 'already-down');
    await stage.view(10);
    await stage.counted(keeper, 20);
    await stage.shared(keeper, ['crew-2', 'crew-3']);

    stage.pass(killedForMs);
    await stage.shared(keeper, ['crew-1', 'crew-2', 'crew-3']);
    await stage.view(10);
    await stage.counted(keeper, 30);
  });

  test('of which all are killed come back and go on', async () => {
    await using stage = await Stage.open();
    const keeper = await stage.start(2);
    await stage.view(5);
    await stage.counted(keeper, 5);
    for (const id of ['crew-1', 'crew-2']) assert.equal(keeper.kill(id), 'killed');
    await stage.view(5);
    stage.pass(killedForMs);
    await stage.counted(keeper, 10);
    await stage.shared(keeper, ['crew-1', 'crew-2']);
  });

  test('of which one fails: the others take over, and it is started again', async () => {
    await using stage = await Stage.open();
    const keeper = await stage.start(2);
    await stage.shared(keeper, ['crew-1', 'crew-2']);
    assert.equal(keeper.kill('crew-2'), 'killed');
    // It cannot start while somebody else has its directory.
    await using thief = await stage.occupy('crew-2');
    stage.pass(killedForMs);
    await stage.until('its first try fails', () => stage.delays.includes(1_000));
    stage.pass(1_000);
    await stage.until('its second try fails', () => stage.delays.includes(2_000));
    assert.equal(keeper.kill('crew-2'), 'already-down');

    await thief.close();
    stage.pass(2_000);
    await stage.shared(keeper, ['crew-1', 'crew-2']);
  });
});

test('an only instance that is killed comes back and goes on', async () => {
  await using stage = await Stage.open();
  const keeper = await stage.start(1);
  await stage.view(5);
  await stage.counted(keeper, 5);
  keeper.kill('crew-1');
  await stage.view(5);
  stage.pass(killedForMs);
  await stage.counted(keeper, 10);
});

test('a world of one instance goes on with three, and with one again', async () => {
  await using stage = await Stage.open();
  for (const [times, instances] of [1, 3, 1].entries()) {
    await using keeper = await stage.start(instances);
    await stage.view(10);
    await stage.counted(keeper, 10 * (times + 1));
  }
});

test('closing while one is down, or comes back, leaves nothing behind', async () => {
  for (const isBack of [false, true]) {
    await using stage = await Stage.open();
    const keeper = await stage.start(2);
    keeper.kill('crew-2');
    if (isBack) stage.pass(killedForMs);
    await keeper[Symbol.asyncDispose]();
    stage.pass(killedForMs);
    assert.deepEqual(
      keeper.report().map(({ state }) => state),
      ['down', 'down'],
    );
    assert.equal(keeper.kill('crew-1'), 'already-down');
    assert.equal(stage.planned, 0);
  }
});

test('an id that no instance has is told so', async () => {
  await using stage = await Stage.open();
  assert.equal((await stage.start(1)).kill('crew-2'), 'not-found');
});

test('instances that cannot be started at all are told so', async () => {
  await using stage = await Stage.open();
  await mkdir(stage.stateDirectory, { recursive: true });
  await writeFile(join(stage.stateDirectory, 'crew-2'), 'a file where a directory is needed');
  await assert.rejects(stage.start(2));
});

/** A log, a directory, and timers that only a test moves. */
class Stage implements AsyncDisposable {
  readonly stateDirectory: string;
  /** Every wait that was planned. */
  readonly delays: number[] = [];
  readonly #directory: string;
  readonly #log: Log;
  readonly #parts = new AsyncDisposableStack();
  readonly #timers = new Set<{ readonly delayMs: number; readonly run: () => void }>();
  readonly #surroundings: Pick<Surroundings, 'after'> = {
    after: (delayMs, run) => {
      const timer = { delayMs, run };
      this.delays.push(delayMs);
      this.#timers.add(timer);
      return () => this.#timers.delete(timer);
    },
  };

  private constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#log = log;
    this.stateDirectory = join(directory, 'state');
  }

  static async open(): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'keeper-'));
    const log = await openEmbeddedLog({ directory: join(directory, 'log'), fsync: 'never' });
    await ensureTopics(log, allTopics(topics));
    return new Stage(directory, log);
  }

  /** Waits that have neither come to their end nor been given up. */
  get planned(): number {
    return this.#timers.size;
  }

  async start(instances: number): Promise<StreamsKeeper> {
    const keeper = this.#parts.use(
      new StreamsKeeper({
        log: this.#log,
        topics,
        zones: ['Asia/Seoul'],
        time: 'wall-clock',
        commitIntervalMs: 20,
        stateDirectory: this.stateDirectory,
        surroundings: this.#surroundings,
        logger: pino({ level: 'silent' }),
        instances,
      }),
    );
    await keeper.start();
    return keeper;
  }

  /** Lets the waits of that length come to their end. */
  pass(delayMs: number): void {
    for (const timer of [...this.#timers]) {
      if (timer.delayMs !== delayMs) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }

  async view(times: number): Promise<void> {
    await using producer = this.#log.producer();
    for (let n = 0; n < times; n++) {
      await sendEvent(producer, topics.events, {
        v: 1,
        id: crypto.randomUUID(),
        source: 'simulate',
        type: 'product.viewed',
        productCode: code,
        visitorId: 'v1',
        occurredAt: Date.now(),
      });
    }
  }

  /** The views that are read are these in the end, and never more. */
  async counted(keeper: StreamsKeeper, views: number): Promise<void> {
    let seen: unknown;
    await this.until(`${views} views are counted, not ${seen}`, async () => {
      const { app, stores } = keeper;
      const answer = await app.store(stores.views).get(code, { timeoutMs: 500 });
      seen = answer.state === 'found' ? answer.value : undefined;
      if (typeof seen === 'number') assert.ok(seen <= views, `${seen} of ${views} views`);
      return seen === views;
    });
  }

  /** Waits until these, and no others, have all tasks and run. */
  async shared(keeper: StreamsKeeper, ids: readonly string[]): Promise<readonly InstanceReport[]> {
    let all = 0;
    await this.until(`${ids} share the tasks`, () => {
      const reports = keeper.report();
      const tasks = reports.flatMap((report) => report.tasks);
      all = keeper.app.metadata.instances().flatMap((instance) => instance.tasks).length;
      const isDone = reports.every(({ id, state, tasks: { length }, restoreLag }) =>
        ids.includes(id) ? state === 'running' && length > 0 && restoreLag === 0 : length === 0,
      );
      return isDone && new Set(tasks).size === tasks.length && tasks.length === all;
    });
    return keeper.report();
  }

  /** A stranger who has the directory of an instance. */
  async occupy(id: string): Promise<StreamsApp> {
    const { app } = shopStreams({
      log: this.#log,
      topics,
      zones: ['Asia/Seoul'],
      time: 'wall-clock',
      stateDirectory: join(this.stateDirectory, id),
    });
    await app.start();
    return app;
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const endMs = Date.now() + 30_000;
    while (!(await isSo())) {
      assert.ok(Date.now() < endMs, what);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
    await this.#log[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
