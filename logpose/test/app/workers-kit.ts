import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Internals, withInternals } from '../../src/app/internals.ts';
import type { ModuleDefinition, SharedOptions } from '../../src/app/options.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import type { Log } from '../../src/client/log.ts';
import type { StreamsError } from '../../src/errors/streams-error.ts';
import { openEmbeddedLog } from '../../src/log-embedded/open-embedded-log.ts';
import { counts, words } from './counting-topology.ts';

export const moduleUrl = new URL('./worker-modules/counting-app.ts', import.meta.url);
export const partitions = 3;

/** An embedded log on disk with three partitions of words, and applications in worker threads. */
export class ThreadWorld implements AsyncDisposable {
  readonly directory: string;
  readonly log: Log;
  readonly errors: StreamsError[] = [];
  readonly #apps: StreamsApp[] = [];
  readonly #sent = new Map<string, number>();
  #sends = 0;

  private constructor(directory: string, log: Log) {
    this.directory = directory;
    this.log = log;
  }

  static async open(): Promise<ThreadWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'logpose-workers-'));
    const log = await openEmbeddedLog({ directory: join(directory, 'log'), fsync: 'never' });
    await log.admin.createTopics([
      { topic: words, partitions },
      { topic: counts, partitions },
    ]);
    return new ThreadWorld(directory, log);
  }

  /** The counting application; closed, at the latest, with the world. */
  app(
    options: Partial<Omit<SharedOptions, 'log'> & ModuleDefinition> = {},
    internals: Internals = {},
  ): StreamsApp {
    const stateDirectory = join(this.directory, 'state');
    const given = { id: 'app', log: this.log, module: moduleUrl, workers: 2, stateDirectory };
    const app = new StreamsApp(withInternals({ ...given, ...options }, internals));
    app.on('error', (error) => this.errors.push(error));
    this.#apps.push(app);
    return app;
  }

  /** A file that is not there yet. */
  marker(): string {
    return join(this.directory, `marker-${this.#sends}`);
  }

  async send(...list: readonly string[]): Promise<void> {
    await using producer = this.log.producer();
    for (const key of list) {
      this.#sent.set(key, (this.#sent.get(key) ?? 0) + 1);
      await producer.send(words, { key, value: this.#sends++ });
    }
  }

  /** Sends so many of a few words, every one equally often. */
  async sendMany(count: number): Promise<void> {
    const list = Array.from({ length: count }, (_, at) => `word-${at % 17}`);
    await this.send(...list);
  }

  /** What the last count of each word must be. */
  get expected(): ReadonlyMap<string, number> {
    return this.#sent;
  }

  /** Every count that was written, by word, in order. */
  async written(): Promise<ReadonlyMap<string, readonly number[]>> {
    const found = new Map<string, number[]>();
    for (let partition = 0; partition < partitions; partition++) {
      await using consumer = this.log.consumer({
        assignment: [{ topic: counts, partition, offset: 0 }],
      });
      const [end] = await consumer.endOffsets();
      if (end === undefined || end.offset === 0) continue;
      for await (const { records, nextOffset } of consumer) {
        for (const { key, value } of records) {
          const list = found.get(key ?? '') ?? [];
          found.set(key ?? '', [...list, value ?? 0]);
        }
        if (nextOffset >= end.offset) break;
      }
    }
    return found;
  }

  async last(): Promise<ReadonlyMap<string, number>> {
    const written = await this.written();
    return new Map([...written].map(([word, list]) => [word, list.at(-1) ?? 0]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const app of this.#apps) await app.close();
    await this.log[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
