import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpenStore, openStore } from '../../src/store/open-store.ts';
import type { StoreDefinition } from '../../src/store/store-definition.ts';
import { definitionOf } from '../../src/store/store-definition.ts';
import type { StoreEngine, StoreEngineFactory, TaskEngines } from '../../src/store/store-engine.ts';
import type { StoreHandle, StoreKind } from '../../src/store/store-handle.ts';
import type { ReadonlyStores, Stores } from '../../src/store/stores.ts';
import { hex } from '../bytes.ts';
import { checkpointAt } from './store-engine-contract.ts';
import { taskDirectory } from './task-directory.ts';

/** What a changelog got: key and value in hexadecimal digits, null for a deletion. */
export type Change = readonly [key: string, value: string | null, timestamp: number];

/** One store of a kind, opened on an engine. */
export interface StoreRig<Kind extends StoreKind, K, V> {
  readonly writable: Stores<K, V>[Kind];
  /** As readers outside see it. */
  readonly committed: ReadonlyStores<K, V>[Kind];
  readonly engine: StoreEngine;
  readonly store: Pick<
    OpenStore<K, V, V>,
    'settle' | 'rollback' | 'unflushedBytes' | 'checkpoint' | 'entries' | 'engineWrite'
  >;
  /** The record in hand. */
  readonly hand: { timeMs: number };
  /** Seals and settles. */
  commit(): Change[];
  seal(): Change[];
  flush(offset?: number, durable?: Promise<void>): Promise<void>;
}

export interface RigOptions {
  /** Put between the store and its engine. */
  readonly wrap?: (engine: StoreEngine) => StoreEngine;
}

/** Opens one store on the engine of a task. */
export function rigOf<Kind extends StoreKind, K, V>(
  handle: StoreHandle<Kind, K, V>,
  task: TaskEngines,
  { wrap = (engine) => engine }: RigOptions = {},
): StoreRig<Kind, K, V> {
  const definition = definitionOf(handle);
  assert.ok(definition !== undefined);
  const engine = wrap(task.engine('rows'));
  const hand = { timeMs: 0 };
  const store = openStore({ definition, engine, timeMs: () => hand.timeMs });
  const { writable } = store;
  const committed = store.view('committed');
  assert.ok(isOfKind(definition, writable) && isOfReadKind(definition, committed));
  const seal = () => {
    const changes: Change[] = [];
    store.seal((key, value, timestamp) => {
      changes.push([hex(key.view()), value && hex(value.view()), timestamp]);
    });
    return changes;
  };
  const commit = () => {
    const changes = seal();
    store.settle();
    return changes;
  };
  const flush = (offset = 1, durable = Promise.resolve()) =>
    store.flush(checkpointAt(offset), durable);
  return { writable, committed, engine, store, hand, seal, commit, flush };
}

/** Runs a case on the stores of a task that an engine has opened. */
export function storeCase(factory: StoreEngineFactory) {
  return (name: string, run: (opened: OpenedTask) => Promise<void>): void => {
    test(name, { timeout: 60_000 }, async () => {
      await using directory = await taskDirectory();
      const own = factory.kept === 'disk' ? directory.path : undefined;
      const open = () => factory.open({ directory: own, stores: ['rows'] });
      let task = await open();
      try {
        await run({
          task,
          reopen: async (how) => {
            await task.close(how);
            task = await open();
            return task;
          },
        });
      } finally {
        await task.close('abandoned');
      }
    });
  };
}

export type StoreCase = ReturnType<typeof storeCase>;

export interface OpenedTask {
  readonly task: TaskEngines;
  reopen(how: 'clean' | 'abandoned'): Promise<TaskEngines>;
}

/** The changelog's side of a definition is what says the kind of its store. */
function isOfKind<Kind extends StoreKind, K, V>(
  definition: StoreDefinition<Kind, K, V>,
  store: Stores<K, V>[StoreKind],
): store is Stores<K, V>[Kind] {
  return store.name === definition.name;
}

function isOfReadKind<Kind extends StoreKind, K, V>(
  definition: StoreDefinition<Kind, K, V>,
  store: ReadonlyStores<K, V>[StoreKind],
): store is ReadonlyStores<K, V>[Kind] {
  return store.name === definition.name;
}
