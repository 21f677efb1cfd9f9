import {
  type AnyStore,
  keyValueStore,
  type StoreHandle,
  timestampedKeyValueStore,
  windowStore,
} from 'logpose';
import type { AnyValue } from '../../src/topology/topology.ts';
import type { Operation, StoreSpec } from './case.ts';
import { type Types, typeOf } from './program-topics.ts';
import { must, Unsupported } from './unsupported.ts';

/** A store, for reading it at the end. */
export interface StoreInUse extends Types {
  readonly handle: StoreHandle<AnyValue, AnyValue, AnyValue>;
}

/** The stores of a program, by name. */
export class ProgramStores {
  readonly stores = new Map<string, StoreInUse>();
  /** Names of those that keep a time beside each value. */
  readonly timestamped = new Set<string>();
  /** What stands for the name of a store that has none: `generated`, or nothing. */
  readonly #unnamed: AnyValue;

  constructor(unnamed: AnyValue) {
    this.#unnamed = unnamed;
  }

  /** What the operators that keep rows are told. */
  options(op: Operation): AnyValue {
    const spec = typeof op.store === 'object' ? op.store : {};
    if (spec.type !== undefined && !['inMemory', 'persistent'].includes(spec.type)) {
      throw new Unsupported(`a store of type ${spec.type}`);
    }
    return {
      name: storeName(op) ?? this.#unnamed,
      ...(spec.caching === false ? { emit: 'each-change' } : {}),
      ...(spec.logging === false ? { changelog: 'none' } : {}),
      ...(spec.retentionMs === undefined ? {} : { retentionMs: spec.retentionMs }),
    };
  }

  /** Takes note of a table's store. */
  keep<T extends Types & { readonly on: AnyValue }>(chain: T): T {
    const { on, key, value } = chain;
    this.stores.set(on.name, { handle: on, key, value });
    this.timestamped.add(on.name);
    return chain;
  }

  /** A store that the program makes itself. */
  make(spec: StoreSpec): AnyStore {
    const name = must(spec.name);
    const { key = 'string', value = 'string' } = spec;
    const serdes = { key: typeOf(key).serde, value: typeOf(value).serde };
    const config = { name, ...serdes, ...(spec.logging === false ? { changelog: 'none' } : {}) };
    const handle = this.#handleFor(spec, config);
    this.stores.set(name, { handle, key, value });
    if (spec.timestamped === true) this.timestamped.add(name);
    return handle;
  }

  #handleFor(spec: StoreSpec, config: AnyValue): AnyValue {
    switch (spec.type) {
      case 'inMemoryKeyValue':
      case 'persistentKeyValue':
      case 'persistentTimestampedKeyValue':
        return spec.timestamped ? timestampedKeyValueStore(config) : keyValueStore(config);
      case 'inMemoryWindow':
      case 'persistentWindow':
        if (spec.duplicates === true || spec.timestamped === true) break;
        return windowStore({
          ...config,
          windowSizeMs: spec.windowMs,
          retentionMs: spec.retentionMs,
        });
    }
    throw new Unsupported(`a store of type ${spec.type}`);
  }

  /** A store by its name. */
  store(name: string): AnyStore {
    const found = this.stores.get(name);
    if (found === undefined) throw new Unsupported(`store ${name}, which comes later`);
    return found.handle;
  }
}

/** The name of an operation's store. */
export function storeName({ store }: Operation): string | undefined {
  return typeof store === 'string' ? store : store?.name;
}

/** A store that the program makes itself. */
export function storeSpec({ store }: Operation): StoreSpec {
  if (typeof store === 'object') return store;
  throw new Unsupported('a store without a type');
}
