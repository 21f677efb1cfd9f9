import { join } from 'node:path';
import { must } from '../../src/base/assert.ts';
import type { RecordPosition } from '../../src/errors/record-position.ts';
import { StoreDamagedError, StoreUnavailableError } from '../../src/errors/store-errors.ts';
import type {
  Checkpoint,
  EngineWrite,
  OpenEngines,
  StoreEngine,
  StoreEngineFactory,
  TaskEngines,
} from '../../src/store/store-engine.ts';
import { MemoryEngine } from '../../src/store-memory/memory-engine.ts';
import { Crash } from '../log-embedded/crash-disk.ts';
import type { Chance } from './chance.ts';
import type { Mutant } from './mutant.ts';
import { applicationId } from './topics.ts';
import { turns } from './turns.ts';

/** The process that writes to stores. */
export interface StoreProcess {
  readonly chance: Chance;
  readonly mutant: Mutant | undefined;
  readonly flushFails: () => number;
  readonly damage: () => number;
  readonly isDead: () => boolean;
  readonly mayDie: (where: string) => void;
  /** Tasks whose stores are open. */
  readonly opened: Set<string>;
  /** Looks at what a store is to reach. */
  readonly checkFlush: (position: RecordPosition) => void;
}

/** A store that outlived a process. */
export interface KeptStore {
  readonly taskId: string;
  readonly store: string;
  readonly engine: MemoryEngine;
  /** Until it is thrown away, nothing can be read. */
  isDamaged: boolean;
}

/** Stores that outlive processes, as files do, each write of theirs whole or not at all. */
export class KeptStores {
  readonly #stores = new Map<string, KeptStore>();

  /** What is there now. */
  all(): readonly KeptStore[] {
    return [...this.#stores.values()];
  }

  /** The disk they were on is gone. */
  clear(): void {
    this.#stores.clear();
  }

  /** Engines as one process opens them. */
  factory(process: StoreProcess): StoreEngineFactory {
    return {
      name: 'kept',
      kept: 'disk',
      open: async (options) => this.#open(options, process),
    };
  }

  #open({ directory, stores }: OpenEngines, process: StoreProcess): TaskEngines {
    const base = must(directory, 'engines on disk have a directory');
    const taskId = must(base.split(/[/\\]/).at(-1), 'a task has a directory of its own');
    let isOpen = true;
    process.opened.add(taskId);
    const kept = (store: string): KeptStore => {
      const path = join(base, store);
      const engine = new MemoryEngine();
      const known = this.#stores.get(path) ?? { taskId, store, engine, isDamaged: false };
      this.#stores.set(path, known);
      return known;
    };
    const life = { ...process, isDead: () => !isOpen || process.isDead() };
    const engines = new Map(stores.map((store) => [store, engineOf(kept(store), life)]));
    return {
      engine: (store) => must(engines.get(store), `${store} is a store of this task`),
      discarded: undefined,
      discard: async (store) => {
        kept(store).engine.clear();
        kept(store).isDamaged = false;
      },
      close: async () => {
        isOpen = false;
        process.opened.delete(taskId);
      },
    };
  }
}

function engineOf(place: KeptStore, process: StoreProcess): StoreEngine {
  const { taskId, store } = place;
  const check = (): void => {
    if (!place.isDamaged) return;
    throw new StoreDamagedError(store, taskId, { damage: 'the simulation says so' });
  };
  const topic = `${applicationId}-${store}-changelog`;
  const partition = Number(taskId.split('_')[1]);
  return {
    get checkpoint() {
      return place.engine.checkpoint;
    },
    get entries() {
      return place.engine.entries;
    },
    get: (key) => {
      check();
      return place.engine.get(key);
    },
    scan: (bounds) => checked(place.engine.scan(bounds), check),
    apply: async (writes: readonly EngineWrite[], checkpoint: Checkpoint) => {
      const { chance, mutant, flushFails, damage, isDead, mayDie, checkFlush } = process;
      await turns(chance.int(0, 3));
      if (chance.is(flushFails())) {
        throw new StoreUnavailableError(store, 'unavailable', { why: 'the simulation says so' });
      }
      mayDie('flush');
      if (isDead()) throw new Crash('the process is dead');
      checkFlush({ topic, partition, offset: checkpoint.offset });
      await place.engine.apply(mutant?.flushed?.(writes) ?? writes, checkpoint);
      if (chance.is(damage())) place.isDamaged = true;
    },
  };
}

/** Damage shows when entries are read. */
function* checked<T>(entries: IterableIterator<T>, check: () => void): Generator<T> {
  for (const entry of entries) {
    check();
    yield entry;
  }
}
