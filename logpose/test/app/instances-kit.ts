import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Internals, withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { system } from '../../src/base/clock.ts';
import { createLog } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { partitionOfKey } from '../../src/log/partitioner.ts';
import { openNodeDisk } from '../../src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { settingsOf } from '../../src/log-embedded/options.ts';
import type { Topic } from '../../src/record/topic.ts';
import { type AppOptions, until } from './app-kit.ts';
import { FaultyLog } from './faulty-log.ts';
import {
  countries,
  outputs,
  recomputed,
  sharedWork,
  type Visit,
  visits,
  type Written,
} from './shared-work.ts';

export const partitions = 4;
/** How many tasks there are. */
export const all = 2 * partitions;
const places = Array.from({ length: 24 }, (_, number) => `place-${number}`);

/** What a test says of an instance; the rest is the stage's. */
export interface InstanceOptions extends AppOptions {
  readonly internals?: Internals;
  /** The log as this instance sees it. */
  readonly port?: LogPort;
}

/** One instance, and what it has told. */
export interface Instance {
  readonly app: StreamsApp;
  /** Its tasks as it was last told. */
  tasks(): readonly string[];
  readonly rebalances: (readonly string[])[];
  readonly errors: string[];
}

/** An embedded log, instances of one application on it, and visitors who keep coming. */
export class Stage implements AsyncDisposable {
  /** Of all instances that have no other. */
  readonly port: FaultyLog;
  readonly #embedded: LogPort;
  readonly log: Log;
  readonly directory: string;
  readonly sent: Visit[] = [];
  readonly #instances: Instance[] = [];
  #coming: Promise<void> | undefined = undefined;
  #isComing = false;

  private constructor(port: LogPort, directory: string) {
    this.#embedded = port;
    this.port = new FaultyLog(port);
    this.log = createLog(this.port, { compressions: builtInCompressions });
    this.directory = directory;
  }

  static async open(): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'instances-'));
    const disk = openNodeDisk(join(directory, 'log'));
    const settings = settingsOf({ fsync: 'never' });
    const stage = new Stage(
      await EmbeddedLog.open(disk, { surroundings: system, settings }),
      directory,
    );
    const topics = [visits, countries, ...Object.values(outputs)];
    await stage.log.admin.createTopics(topics.map((topic) => ({ topic, partitions })));
    await using producer = stage.log.producer();
    for (const key of places) {
      await producer.send(countries, { key, value: countryOf(key), timestamp: 0 });
    }
    return stage;
  }

  /** The log for one instance alone. */
  ownPort(): FaultyLog {
    return new FaultyLog(this.#embedded);
  }

  /** One more instance; closed, at the latest, with the stage. */
  instance({ internals = {}, port, ...options }: InstanceOptions = {}): Instance {
    const log =
      port === undefined ? this.log : createLog(port, { compressions: builtInCompressions });
    const all = {
      id: 'app',
      log,
      topology: sharedWork(),
      emit: 'each-change' as const,
      commitIntervalMs: 5,
      // Visitors come in 1970.
      internalTopics: { retentionMs: 100 * 365 * 24 * 3_600_000 },
      ...options,
    };
    const settings = { retryDelayMs: 1, ...internals.settings };
    const app = new StreamsApp(withInternals(all, { ...internals, settings }));
    const rebalances: (readonly string[])[] = [];
    const errors: string[] = [];
    app.on('rebalance', ({ tasks }) => rebalances.push(tasks));
    app.on('error', ({ message }) => errors.push(message));
    const instance = { app, rebalances, errors, tasks: () => rebalances.at(-1) ?? [] };
    this.#instances.push(instance);
    return instance;
  }

  /** The same, started, and waited for until it runs. */
  async running(options: InstanceOptions = {}): Promise<Instance> {
    const instance = this.instance(options);
    await instance.app.start();
    await instance.app.ready();
    return instance;
  }

  /** From now on visitors keep coming, until `settle`. */
  letCome(): void {
    this.#isComing = true;
    this.#coming ??= this.#come();
  }

  async send(count: number): Promise<void> {
    await using producer = this.log.producer();
    const answers: Promise<unknown>[] = [];
    for (let at = 0; at < count; at++) {
      const number = this.sent.length;
      const place = places[(number * 7) % places.length] ?? '';
      const timestamp = 1 + number * 50;
      this.sent.push({ place, number, timestamp });
      answers.push(producer.send(visits, { key: place, value: number, timestamp }));
    }
    await Promise.all(answers);
  }

  /** How many visits are processed and committed. */
  async processed(): Promise<number> {
    return (await this.#rows(outputs.located)).length;
  }

  /** How many records between the parts of the topology are given up. */
  async purged(): Promise<number> {
    const topic = 'app-visits-of-country-repartition';
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const ranges = await this.port.admin.offsetRanges(places);
    return ranges.reduce((sum, { startOffset }) => sum + startOffset, 0);
  }

  /** Waits until so many more results are there: whoever is on it makes progress. */
  async progress(more = 20): Promise<void> {
    const before = await this.processed();
    await until('progress', async () => (await this.processed()) >= before + more);
  }

  /** No more visitors; waits until everything is processed and compares it with what must be. */
  async settle(): Promise<void> {
    this.#isComing = false;
    await this.#coming;
    this.#coming = undefined;
    const expected = recomputed(this.sent, { places, countryOf, partitionOf });
    const count = (written: Written) => Object.values(written).flat().length;
    await until('everything is processed', async () => {
      return count(await this.#written()) >= count(expected);
    });
    assert.deepEqual(await this.#written(), expected);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isComing = false;
    await this.#coming;
    for (const { app } of this.#instances) await app.close();
    await this.log[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #come(): Promise<void> {
    while (this.#isComing) {
      await this.send(5);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async #written(): Promise<Written> {
    const [byPlace, bySecond, byCountry, located, ticks] = [
      await this.#rows(outputs.byPlace),
      await this.#rows(outputs.bySecond),
      await this.#rows(outputs.byCountry),
      await this.#rows(outputs.located),
      await this.#rows(outputs.ticks),
    ];
    return {
      byPlace: inOrder(byPlace).sort(),
      bySecond: inOrder(bySecond).sort(),
      byCountry: inOrder(byCountry).sort(),
      located: located.sort(),
      ticks: inOrder(ticks).sort(),
    };
  }

  async #rows<K, V>(topic: Topic<K, V>): Promise<string[]> {
    const found: string[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      await using consumer = this.log.consumer({ assignment: [{ topic, partition, offset: 0 }] });
      const [end] = await consumer.endOffsets();
      if (end === undefined || end.offset === 0) continue;
      for await (const { records, nextOffset } of consumer) {
        for (const { key, value } of records) found.push(`${showKey(key)}=${value}`);
        if (nextOffset >= end.offset) break;
      }
    }
    return found;
  }
}

/** Waits until these have all tasks among them, none twice, and none has more than its share. */
export async function shared(...instances: readonly Instance[]): Promise<void> {
  const lists = () => instances.map(({ tasks }) => tasks());
  await until('all tasks are shared out', () => {
    const tasks = lists().flat();
    const counts = lists().map(({ length }) => length);
    const rest = all % instances.length === 0 ? 0 : 1;
    const isEven = Math.max(...counts) - Math.min(...counts) <= rest;
    const isWhole = tasks.length === all && new Set(tasks).size === all;
    return isEven && isWhole && instances.every(({ app }) => app.state === 'running');
  });
}

/** The rows, having checked that the numbers of each key rise. */
function inOrder(rows: readonly string[]): string[] {
  const last = new Map<string, number>();
  for (const row of rows) {
    const [key = '', value = ''] = row.split('=');
    assert.ok(Number(value) > (last.get(key) ?? -1), `${row} comes behind ${last.get(key)}`);
    last.set(key, Number(value));
  }
  return [...rows];
}

/** Of a window its start in seconds; of a task its partition. */
function showKey(key: unknown): string {
  if (typeof key === 'object' && key !== null && 'window' in key && 'key' in key) {
    const { window } = key;
    const startMs = typeof window === 'object' && window !== null && 'startMs' in window;
    return `${key.key}@${startMs ? Number(window.startMs) / 1000 : ''}`;
  }
  return String(key).replace(/^\d+_/, '');
}

function countryOf(place: string): string {
  return `country-${Number(place.slice(6)) % 5}`;
}

function partitionOf(place: string): number {
  const keyBytes = new TextEncoder().encode(place);
  return partitionOfKey({ keyBytes, keyStart: 0, keyLength: keyBytes.length }, partitions);
}
