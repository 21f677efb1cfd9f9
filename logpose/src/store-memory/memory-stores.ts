import { must } from '../base/assert.ts';
import type { StoreEngineFactory, TaskEngines } from '../store/store-engine.ts';
import { MemoryEngine } from './memory-engine.ts';

/** Stores on the heap: nothing outlives them, a task restores all rows from the changelogs. */
export const memoryStores: StoreEngineFactory = {
  name: 'memory',
  kept: 'memory',
  open: async ({ stores }) => open(stores),
};

function open(stores: readonly string[]): TaskEngines {
  const engines = new Map(stores.map((store) => [store, new MemoryEngine()]));
  const engine = (store: string) => must(engines.get(store), `${store} is a store of this task`);
  return {
    engine,
    discarded: undefined,
    discard: async (store) => engine(store).clear(),
    close: async () => engines.clear(),
  };
}
