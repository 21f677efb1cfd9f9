import type { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import type { RecordPosition } from '../../src/errors/record-position.ts';
import type { AppOptions, World } from './app-kit.ts';
import { words } from './counting-topology.ts';

/** A table that has the words' last values. */
export function valued() {
  const builder = new StreamsBuilder();
  const table = builder.table(words, { name: 'values' });
  return { topology: builder.build(), table };
}

/** An application with such a table, whose rows a test changes one commit at a time. */
export class ValuedApp {
  readonly world: World;
  readonly app: StreamsApp;
  readonly table: ReturnType<typeof valued>['table'];

  constructor(world: World, options: AppOptions = {}, internals = {}) {
    const { topology, table } = valued();
    this.world = world;
    this.app = world.app({ topology, ...options }, internals);
    this.table = table;
  }

  static async start(world: World, options: AppOptions = {}, internals = {}): Promise<ValuedApp> {
    const valuedApp = new ValuedApp(world, options, internals);
    await valuedApp.app.start();
    await valuedApp.app.ready();
    return valuedApp;
  }

  /** Sends values, and waits for each until it is committed; null deletes. */
  async put(...rows: readonly (readonly [key: string, value: number | null])[]): Promise<void> {
    for (const [key, value] of rows) {
      const after = await this.send(key, value);
      await this.app.store(this.table).get(key, { after, timeoutMs: 10_000 });
    }
  }

  /** Sends one value, and returns where it is. */
  async send(key: string, value: number | null): Promise<RecordPosition> {
    await using producer = this.world.log.producer();
    return await producer.send(words, { key, value, timestamp: 10 });
  }

  /** The committed rows, as `key=value`. */
  async rows(): Promise<readonly string[]> {
    const rows: string[] = [];
    for await (const { key, value } of this.app.store(this.table).range()) {
      rows.push(`${key}=${value}`);
    }
    return rows;
  }
}
