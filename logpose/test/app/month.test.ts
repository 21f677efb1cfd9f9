import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { type Surroundings, system } from '../../src/base/clock.ts';
import { createLog } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { openNodeDisk } from '../../src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { settingsOf } from '../../src/log-embedded/options.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { dayMs, hourMs, startMs } from '../log-embedded/cleaning-kit.ts';
import { until } from './app-kit.ts';
import { counts, words } from './counting-topology.ts';

const weeks = 5;
const updatesPerDay = 2_000;
const keys = 300;
// So small that what a world of years would have comes in a month.
const segmentBytes = 64 * 1024;
/**
 * How much more later weeks may need than the first two. Compaction lets topics grow by half or
 * more before it begins; what is never removed would make it two and a half.
 */
const growth = 1.5;

suite('an application on an embedded log that runs for a month', () => {
  test('needs no more disk and memory from week to week', { timeout: 120_000 }, async (t) => {
    await using world = await World.open();
    const disk: number[] = [];
    const heap: number[] = [];
    for (let week = 0; week < weeks; week++) {
      let most = 0;
      // Compaction lets a topic grow and shrink: what counts is how large it becomes.
      for (let day = 0; day < 7; day++) {
        await world.day();
        most = Math.max(most, await bytesBelow(world.directory));
      }
      disk.push(most);
      heap.push(heapBytes());
      t.diagnostic(
        `week ${week + 1}: ${disk.at(-1)} bytes on disk at most, ${heap.at(-1)} on the heap`,
      );
    }

    const written = world.sent * 100;
    assert((disk.at(-1) ?? 0) < written, `${disk.at(-1)} bytes of about ${written}`);
    assertFlat('on disk', disk);
    assertFlat('on the heap', heap);
    assert.equal(await world.total(), world.sent);
  });
});

function assertFlat(where: string, bytes: readonly number[]): void {
  const [first = 0, second = 0, ...later] = bytes;
  const [before, most] = [Math.max(first, second), Math.max(...later)];
  assert(most <= before * growth, `${most} bytes ${where}, after ${before}`);
}

/** A log and an application on real files, and a clock that a test moves on. */
class World implements AsyncDisposable {
  readonly directory: string;
  sent = 0;
  readonly #port: EmbeddedLog;
  readonly #log: Log;
  readonly #clock: MovedClock;
  readonly #chance = new ManualClock(0, 11);
  readonly #running: ReturnType<typeof startOn>;

  private constructor(directory: string, port: EmbeddedLog, clock: MovedClock) {
    this.directory = directory;
    this.#port = port;
    this.#clock = clock;
    this.#log = createLog(port, { compressions: builtInCompressions, surroundings: clock });
    this.#running = startOn(this.#log, directory, clock);
  }

  static async open(): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'logpose-month-'));
    const clock = new MovedClock();
    const settings = settingsOf({ segmentBytes, maxJournalBytes: 4096 });
    const disk = openNodeDisk(join(directory, 'log'));
    const port = await EmbeddedLog.open(disk, { surroundings: clock, settings });
    const config = { 'segment.bytes': `${segmentBytes}` };
    await port.admin.createTopics([
      { name: words.name, partitions: 1, config: { ...config, 'retention.ms': `${2 * dayMs}` } },
      { name: counts.name, partitions: 1, config: { ...config, 'cleanup.policy': 'compact' } },
    ]);
    const world = new World(directory, port, clock);
    await world.#running.app.start();
    await world.#running.app.ready();
    return world;
  }

  /** Updates over a day, and what an hour's housekeeping does now and then. */
  async day(): Promise<void> {
    await using producer = this.#log.producer();
    for (let quarter = 0; quarter < 4; quarter++) {
      const sends = Array.from({ length: updatesPerDay / 4 }, () => {
        const key = `key-${Math.floor(this.#chance.random() * keys)}`;
        const timestamp = this.#clock.nowMs() + Math.floor(this.#chance.random() * hourMs);
        return producer.send(words, { key, value: 1, timestamp });
      });
      this.sent += (await Promise.all(sends)).length;
      await until('all are counted', async () => (await this.total()) === this.sent);
      this.#clock.movedMs += 6 * hourMs;
      await this.#port.housekeeping.run();
    }
  }

  /** What has been counted of all keys. */
  async total(): Promise<number> {
    let total = 0;
    const { app, table } = this.#running;
    for await (const { value } of app.store(table).range()) total += value;
    return total;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.app.close();
    await this.#log[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true });
  }
}

/** Counts behind another key, of all time and by the hour. */
function startOn(log: Log, directory: string, clock: Surroundings) {
  const builder = new StreamsBuilder();
  const again = builder
    .stream(words)
    .groupBy((_value, word) => word, { name: 'again', key: utf8, value: int64 });
  const table = again.count({ name: 'counts' });
  table.toStream().to(counts);
  again.windowedBy(tumbling({ sizeMs: hourMs, graceMs: hourMs })).count({ name: 'by-hour' });
  const internalTopics = { config: { 'segment.bytes': `${segmentBytes}` } };
  const stateDirectory = join(directory, 'state');
  const topology = builder.build();
  const files = { stateDirectory, internalTopics };
  const options = { id: 'month', log, topology, commitIntervalMs: 10, ...files };
  const app = new StreamsApp(withInternals(options, { surroundings: clock }));
  return { app, table };
}

/** The machine's clock, on another day that can be moved on. */
class MovedClock implements Surroundings {
  movedMs = startMs - system.nowMs();
  readonly after = system.after;
  readonly random = system.random;

  nowMs(): number {
    return Math.round(system.nowMs() + this.movedMs);
  }
}

async function bytesBelow(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  const found = await Promise.all(names.map((name) => sizeOf(join(directory, name))));
  return found.reduce((sum, size) => sum + size, 0);
}

/** Files come and go while they are looked at. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : 0;
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
