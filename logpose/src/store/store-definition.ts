import { ConfigError } from '../errors/config-errors.ts';
import { type DurableName, generated, problemOfName } from '../record/topic.ts';
import type { Serde } from '../serde/serde.ts';
import type { StoreHandle, StoreKind } from './store-handle.ts';

/** Everything that is fixed about a store before it is opened. */
export interface StoreDefinition<out Kind extends StoreKind, in out K, in out V>
  extends StoreHandle<Kind, K, V> {
  readonly changelog: 'kept' | 'none';
  /** When a table's updates go downstream; undefined: as the application says. */
  readonly emit: 'each-commit' | 'each-change' | undefined;
  /** What a windowed store is told; undefined for others. */
  readonly windows: WindowStoreShape | undefined;
}

/** The times of a windowed store, in milliseconds. */
export interface WindowStoreShape {
  /** Where a window that starts then ends. */
  readonly endMs: (startMs: number) => number;
  /** Rows whose window starts this much before stream time are expired. */
  readonly retentionMs: number;
}

/** What every store is told. Keys and values in state are never null. */
export interface StoreConfig<K extends {}, V extends {}> {
  /** Names the store and its changelog topic. Changing it loses the state. */
  readonly name: DurableName;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** `'none'`: a crash may lose or repeat rows. Default `'kept'`. */
  readonly changelog?: 'kept' | 'none';
}

/**
 * A store of values by key, to be declared by a processor.
 *
 * @throws {ConfigError} When the name is generated or not allowed.
 */
export function keyValueStore<K extends {}, V extends {}>(
  config: StoreConfig<K, V>,
): StoreHandle<'key-value', K, V> {
  return define('key-value', config, undefined);
}

/** The same with an event time beside each value, as tables have. */
export function timestampedKeyValueStore<K extends {}, V extends {}>(
  config: StoreConfig<K, V>,
): StoreHandle<'timestamped-key-value', K, V> {
  return define('timestamped-key-value', config, undefined);
}

/** What `windowStore` is told. */
export interface WindowStoreConfig<K extends {}, V extends {}> extends StoreConfig<K, V> {
  readonly windowSizeMs: number;
  /** How long rows are kept, in stream time, from their window's start. At least the size. */
  readonly retentionMs: number;
}

/**
 * A store of values by key and window start, to be declared by a processor.
 *
 * @throws {ConfigError} When the retention is shorter than a window.
 */
export function windowStore<K extends {}, V extends {}>(
  config: WindowStoreConfig<K, V>,
): StoreHandle<'window', K, V> {
  const { windowSizeMs, retentionMs } = config;
  if (!(windowSizeMs > 0) || !(retentionMs >= windowSizeMs)) {
    throw new ConfigError([
      `store ${String(config.name)}: retentionMs (${retentionMs}) must be at least ` +
        `windowSizeMs (${windowSizeMs}), which must be positive`,
    ]);
  }
  return define('window', config, { endMs: (startMs) => startMs + windowSizeMs, retentionMs });
}

/** A handle that a factory above made, as the definition it is; undefined for a table's handle. */
export function definitionOf<Kind extends StoreKind, K, V>(
  handle: StoreHandle<Kind, K, V>,
): StoreDefinition<Kind, K, V> | undefined {
  return isDefinition(handle) ? handle : undefined;
}

function isDefinition<Kind extends StoreKind, K, V>(
  handle: StoreHandle<Kind, K, V>,
): handle is StoreDefinition<Kind, K, V> {
  return 'changelog' in handle && 'windows' in handle;
}

function define<Kind extends StoreKind, K extends {}, V extends {}>(
  storeKind: Kind,
  config: StoreConfig<K, V>,
  windows: WindowStoreShape | undefined,
): StoreDefinition<Kind, K, V> {
  const { name, key, value, changelog = 'kept' } = config;
  if (name === generated) {
    throw new ConfigError(['a store made by hand needs a name of its own, not a generated one']);
  }
  const problem = problemOfName(name);
  if (problem !== undefined) throw new ConfigError([`a store's name ${problem}`]);
  return Object.freeze({ storeKind, name, key, value, changelog, emit: undefined, windows });
}
