import { setImmediate } from 'node:timers/promises';
import type { StoreDamagedError } from '../../src/errors/store-errors.ts';
import type { StoreEngineFactory } from '../../src/store/store-engine.ts';
import { MemoryEngine } from '../../src/store-memory/memory-engine.ts';

/** Engines on the heap that outlive the application, as files would, and fail as a test says. */
export class KeptEngines implements StoreEngineFactory {
  readonly name = 'kept';
  /** `'disk'`: tasks are told apart by their directories, as files would be. */
  readonly kept: 'memory' | 'disk';
  readonly #engines = new Map<string, MemoryEngine>();
  /** Called before each write. What it throws, the engine throws. */
  beforeApply: () => Promise<void> = async () => {};
  /** What the next reads throw, until the store is discarded. */
  damage: StoreDamagedError | undefined = undefined;
  discarded = 0;
  opened = 0;
  /** How tasks let go of them. */
  readonly closed: ('clean' | 'abandoned')[] = [];
  isApplying = false;

  constructor(kept: 'memory' | 'disk' = 'memory') {
    this.kept = kept;
  }

  /** The engine of a store of the only task that has it. */
  get only(): MemoryEngine | undefined {
    return [...this.#engines.values()][0];
  }

  async open({ stores, directory }: Parameters<StoreEngineFactory['open']>[0]) {
    this.opened++;
    await setImmediate();
    const engine = (store: string) => this.#engine(`${directory}/${store}`);
    for (const store of stores) engine(store);
    return {
      engine,
      discarded: undefined,
      discard: async (store: string) => {
        this.discarded++;
        this.damage = undefined;
        engine(store).clear();
      },
      close: async (how: 'clean' | 'abandoned') => {
        this.closed.push(how);
      },
    };
  }

  #engine(path: string): MemoryEngine {
    let engine = this.#engines.get(path);
    if (engine === undefined) {
      engine = this.#faulty(new MemoryEngine());
      this.#engines.set(path, engine);
    }
    return engine;
  }

  #faulty(engine: MemoryEngine): MemoryEngine {
    const get = engine.get.bind(engine);
    const apply = engine.apply.bind(engine);
    engine.get = (key) => {
      if (this.damage !== undefined) throw this.damage;
      return get(key);
    };
    engine.apply = async (writes, checkpoint) => {
      this.isApplying = true;
      await this.beforeApply();
      await apply(writes, checkpoint);
    };
    return engine;
  }
}
