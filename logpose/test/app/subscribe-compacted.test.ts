import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { type Surroundings, system } from '../../src/base/clock.ts';
import { createLog } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import type { StorePosition } from '../../src/query/answer.ts';
import { dayMs, hourMs } from '../log-embedded/cleaning-kit.ts';
import { CrashDisk } from '../log-embedded/crash-disk.ts';
import { openOn } from '../log-embedded/crashed-log.ts';
import { words } from './counting-topology.ts';
import { Reading } from './subscription-kit.ts';
import { valued } from './valued-table.ts';

suite('a subscription that is resumed after compaction', () => {
  test('is told a snapshot again where changes are gone that it has not seen', async () => {
    await using world = await World.open();
    await world.put('sun', 1);
    await world.put('moon', 1);
    const position = await world.positionNow();
    await world.put('moon', null);
    await world.put('sun', 2);
    await world.age(hourMs);
    await world.put('sea', 3);
    await world.age(2 * dayMs);
    await world.put('wind', 4);
    await world.age(hourMs);

    await using reading = world.subscribe(position);

    assert.deepEqual(await reading.lines(1), ['snapshot sea=3 sun=2 wind=4']);
    await world.put('sun', 5);
    assert.deepEqual(await reading.lines(1), ['sun=5']);
  });

  test('goes on where all that comes next is still there', async () => {
    await using world = await World.open();
    for (let value = 0; value < 5; value++) await world.put('sun', value);
    const position = await world.positionNow();
    await world.age(hourMs);
    await world.put('moon', 6);
    await world.put('sun', 7);

    await using reading = world.subscribe(position);

    assert.deepEqual(await reading.lines(2), ['moon=6', 'sun=7']);
  });

  test('is told of a deletion that is still kept', async () => {
    await using world = await World.open();
    await world.put('moon', 1);
    const position = await world.positionNow();
    await world.put('moon', null);
    await world.age(hourMs);

    await using reading = world.subscribe(position);

    assert.deepEqual(await reading.lines(1), ['moon gone']);
    await world.put('sun', 2);
    assert.deepEqual(await reading.lines(1), ['sun=2']);
  });
});

/** An application on an embedded log that compacts as soon as it may, and a clock to move on. */
class World implements AsyncDisposable {
  readonly #port: EmbeddedLog;
  readonly #clock: MovedClock;
  readonly #log: Log;
  readonly #app: StreamsApp;
  readonly #table: ReturnType<typeof valued>['table'];

  private constructor(port: EmbeddedLog, clock: MovedClock) {
    this.#port = port;
    this.#clock = clock;
    const log = createLog(port, { compressions: builtInCompressions, surroundings: clock });
    this.#log = log;
    const { topology, table } = valued();
    const config = { 'segment.ms': `${hourMs / 2}`, 'min.cleanable.dirty.ratio': '0.01' };
    const options = { id: 'app', log, topology, internalTopics: { config } };
    this.#app = new StreamsApp(withInternals(options, { surroundings: clock }));
    this.#table = table;
  }

  static async open(): Promise<World> {
    const clock = new MovedClock();
    const world = new World(await openOn(new CrashDisk(), {}, clock), clock);
    await world.#log.admin.createTopics([{ topic: words, partitions: 1 }]);
    await world.#app.start();
    await world.#app.ready();
    return world;
  }

  /** Changes a row, in a transaction of its own. */
  async put(key: string, value: number | null): Promise<void> {
    await using producer = this.#log.producer();
    const after = await producer.send(words, { key, value });
    await this.#app.store(this.#table).get(key, { after, timeoutMs: 10_000 });
  }

  /** Lets time pass, and the log remove what it keeps no longer. */
  async age(ms: number): Promise<void> {
    this.#clock.movedMs += ms;
    await this.#port.housekeeping.run();
  }

  async positionNow(): Promise<StorePosition> {
    await using reading = this.subscribe();
    return (await reading.next()).position;
  }

  subscribe(from?: StorePosition): Reading<string, number> {
    const begin = from === undefined ? {} : { from };
    return new Reading(this.#app.subscribe(this.#table, { all: true, ...begin }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close();
    await this.#log[Symbol.asyncDispose]();
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
