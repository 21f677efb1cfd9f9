import { type Internals, withInternals } from '../../src/app/internals.ts';
import type { StreamsAppOptions } from '../../src/app/options.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { createLog } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import type { StreamsError } from '../../src/errors/streams-error.ts';
import type { Topic } from '../../src/record/topic.ts';
import type { FailurePolicies } from '../../src/runtime/failure-policy.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { ReferenceLog } from '../contract/reference-log.ts';
import { ReferenceState } from '../contract/reference-state.ts';
import { counting, counts, words } from './counting-topology.ts';
import { FaultyLog } from './faulty-log.ts';

/** What a test says of an application; the rest is the world's. */
export type AppOptions = Partial<Omit<StreamsAppOptions, 'module' | 'workers'>> &
  FailurePolicies & {
    readonly topology?: Topology;
  };

/** A log in memory with `words` and `counts`, one partition each, and what applications need. */
export class World implements AsyncDisposable {
  readonly state = new ReferenceState();
  readonly port = new FaultyLog(new ReferenceLog(this.state));
  readonly log: Log = createLog(this.port, { compressions: builtInCompressions });
  readonly errors: StreamsError[] = [];
  readonly #apps: StreamsApp[] = [];

  static async open(partitions = 1): Promise<World> {
    const world = new World();
    await world.log.admin.createTopics([
      { topic: words, partitions },
      { topic: counts, partitions },
    ]);
    return world;
  }

  /** An application that counts words; closed, at the latest, with the world. */
  app(options: AppOptions = {}, internals: Internals = {}): StreamsApp {
    const all = { id: 'app', log: this.log, topology: counting().topology, ...options };
    const app = new StreamsApp(withInternals(all, internals));
    app.on('error', (error) => this.errors.push(error));
    this.#apps.push(app);
    return app;
  }

  /** Sends words, each with its place in the list as value, one after the other. */
  async send(...list: readonly string[]): Promise<void> {
    await using producer = this.log.producer();
    let value = 0;
    for (const key of list) await producer.send(words, { key, value: value++ });
  }

  /** What is in a topic now, as `key=value`, partition by partition. */
  async read(from: Topic<string, number> = counts): Promise<readonly string[]> {
    const [topic] = await this.log.admin.describeTopics([from]);
    const found: string[] = [];
    for (let partition = 0; partition < (topic?.partitions ?? 0); partition++) {
      await using consumer = this.log.consumer({
        assignment: [{ topic: from, partition, offset: 0 }],
      });
      const [end] = await consumer.endOffsets();
      if (end === undefined || end.offset === 0) continue;
      for await (const { records, nextOffset } of consumer) {
        for (const { key, value } of records) found.push(`${key}=${value}`);
        if (nextOffset >= end.offset) break;
      }
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const app of this.#apps) await app.close();
    await this.log[Symbol.asyncDispose]();
  }
}

const maxWaitMs = 10_000;

/** Waits until something holds. @throws When it does not within ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + maxWaitMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`${what}: it did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
