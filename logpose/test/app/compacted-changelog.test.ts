import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { type Surroundings, system } from '../../src/base/clock.ts';
import { createLog } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { int64 } from '../../src/serde/primitives.ts';
import { dayMs, hourMs, rowsOf } from '../log-embedded/cleaning-kit.ts';
import { CrashDisk } from '../log-embedded/crash-disk.ts';
import { openOn } from '../log-embedded/crashed-log.ts';
import { words } from './counting-topology.ts';
import { KeptEngines } from './kept-engines.ts';

const changelog = { topic: 'app-balances-changelog', partition: 0 };

suite('a store whose changelog was compacted meanwhile', () => {
  test('is rebuilt when it is older than deletions are kept, and equals what is so', async () => {
    await using world = await World.open();
    const [old, current] = [new KeptEngines(), new KeptEngines()];
    await world.run(old, ['a', 5], ['b', 1]);
    await world.run(current, ['a', -5], ['b', 2], ['c', 1]);
    await world.age(hourMs);
    assert.deepEqual((await rowsOf(world.port, changelog)).map(keyOf), ['a', 'b', 'c']);
    await world.age(dayMs + hourMs);
    await world.run(current, ['d', 1]);
    await world.age(hourMs);
    assert.deepEqual((await rowsOf(world.port, changelog)).map(keyOf), ['b', 'c', 'd']);

    assert.deepEqual(await world.balances(old), { b: 3, c: 1, d: 1 });
    assert.equal(old.discarded, 1);
  });

  test('goes on where it was when it is younger', async () => {
    await using world = await World.open();
    const [old, current] = [new KeptEngines(), new KeptEngines()];
    await world.run(old, ['a', 5], ['b', 1]);
    await world.run(current, ['a', -5], ['b', 2]);
    await world.age(hourMs);
    await world.run(current, ['c', 1]);
    await world.age(hourMs);

    assert.deepEqual(await world.balances(old), { b: 3, c: 1 });
    assert.equal(old.discarded, 0);
  });

  test('in memory is restored from what compaction has left', async () => {
    await using world = await World.open();
    for (let round = 0; round < 20; round++) {
      await world.run(new KeptEngines(), ['a', 1], [`b${round % 3}`, 1], ['gone', 1]);
      await world.run(new KeptEngines(), ['gone', -1]);
      await world.age(hourMs);
    }

    assert((await rowsOf(world.port, changelog)).length < 15);
    assert.deepEqual(await world.balances(new KeptEngines()), { a: 20, b0: 7, b1: 7, b2: 6 });
  });

  test('goes on after its input was emptied by retention', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    await world.run(engines, ['a', 1]);
    await world.age(30 * dayMs);
    const [range] = await world.port.admin.offsetRanges([{ topic: 'words', partition: 0 }]);
    assert.deepEqual([range?.startOffset, range?.endOffset], [1, 1]);

    await world.run(engines, ['a', 1]);

    assert.deepEqual(await world.balances(new KeptEngines()), { a: 2 });
  });

  test('runs to the end of an input of which nothing is left', async () => {
    await using world = await World.open();
    await world.send(['a', 1]);
    await world.age(30 * dayMs);

    assert.deepEqual(await world.balances(new KeptEngines()), {});
  });
});

/** `3:b=…` → `b`. */
function keyOf(row: string): string {
  return row.replace(/^\d+:/, '').replace(/=.*/su, '');
}

type Payment = readonly [account: string, amount: number];

/** An embedded log and a clock that can be moved on; applications keep balances. */
class World implements AsyncDisposable {
  readonly port: EmbeddedLog;
  readonly log: Log;
  readonly #clock: MovedClock;

  private constructor(port: EmbeddedLog, clock: MovedClock) {
    this.port = port;
    this.#clock = clock;
    this.log = createLog(port, { compressions: builtInCompressions, surroundings: clock });
  }

  static async open(): Promise<World> {
    const clock = new MovedClock();
    const world = new World(await openOn(new CrashDisk(), {}, clock), clock);
    await world.log.admin.createTopics([{ topic: words, partitions: 1 }]);
    return world;
  }

  /** Sends payments, and lets an application with these engines process them. */
  async run(engines: KeptEngines, ...payments: readonly Payment[]): Promise<void> {
    await this.send(...payments);
    await using app = this.#app(engines).app;
    await app.runUntilEnd();
  }

  async send(...payments: readonly Payment[]): Promise<void> {
    await using producer = this.log.producer();
    for (const [key, value] of payments) await producer.send(words, { key, value });
  }

  /** Lets time pass, and the log remove what it keeps no longer. */
  async age(ms: number): Promise<void> {
    this.#clock.movedMs += ms;
    await this.port.housekeeping.run();
  }

  /** What an application with these engines says, once it is up to date. */
  async balances(engines: KeptEngines): Promise<Readonly<Record<string, number>>> {
    const { app, table } = this.#app(engines);
    await using running = app;
    await running.start();
    await running.ready();
    const found: Record<string, number> = {};
    for await (const { key, value } of running.store(table).range()) found[key] = value;
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log[Symbol.asyncDispose]();
  }

  #app(engine: KeptEngines) {
    const builder = new StreamsBuilder();
    // An account without money is deleted.
    const table = builder
      .stream(words)
      .groupByKey()
      .aggregate(
        { initialize: () => 0, add: (sum, amount) => sum + amount || null },
        { name: 'balances', value: int64 },
      );
    const internalTopics = {
      config: { 'segment.ms': `${hourMs / 2}`, 'min.cleanable.dirty.ratio': '0.01' },
    };
    const options = { id: 'app', log: this.log, topology: builder.build(), internalTopics };
    const all = { ...options, stores: { engine } };
    return { app: new StreamsApp(withInternals(all, { surroundings: this.#clock })), table };
  }
}

/** The machine's clock, so and so much later. */
class MovedClock implements Surroundings {
  movedMs = 0;
  readonly after = system.after;
  readonly random = system.random;

  nowMs(): number {
    return system.nowMs() + this.movedMs;
  }
}
