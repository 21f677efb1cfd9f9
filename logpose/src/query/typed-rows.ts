import { must } from '../base/assert.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { ConfigError } from '../errors/config-errors.ts';
import type { Encoder } from '../serde/serde.ts';
import { windowBytesOf } from '../serde/windowed.ts';
import type { StoreHandle, StoreKind } from '../store/store-handle.ts';
import type { KeyPrefix } from '../store/stores.ts';
import type { AnyStoreDefinition } from '../topology/topology.ts';
import type { Windowed } from '../window/window.ts';
import type { EncodedRow } from './store-peer.ts';

/** Turns the rows of one store from bytes into what its readers get. */
export class TypedRows<K, V> {
  readonly #handle: StoreHandle<StoreKind, K, V>;
  readonly #definition: AnyStoreDefinition;

  /** @param definition - The store of the handle as the topology has it. */
  constructor(handle: StoreHandle<StoreKind, K, V>, definition: AnyStoreDefinition) {
    this.#handle = handle;
    this.#definition = definition;
  }

  value({ value }: Pick<EncodedRow, 'value'>): V {
    return this.#handle.value.decode(value, 0, value.length);
  }

  /** What a store with timestamps keeps, with its time. */
  timestamped(row: EncodedRow): { readonly value: V; readonly timestamp: number } {
    const timestamp = must(row.timestamp, 'a timestamped store has timestamps');
    return { value: this.value(row), timestamp };
  }

  key({ key }: Pick<EncodedRow, 'key'>): K {
    return this.#handle.key.decode(key, 0, key.length);
  }

  windowedKey(row: Pick<EncodedRow, 'key' | 'windowStartMs'>): Windowed<K> {
    const startMs = must(row.windowStartMs, 'a windowed store has windows');
    const { endMs } = must(this.#definition.windows, 'a windowed store knows its windows');
    return { key: this.key(row), window: { startMs, endMs: endMs(startMs) } };
  }

  /** Bytes of the window at the end of each key; 0 where keys have none, or have it beside them. */
  get windowBytes(): number {
    return windowBytesOf(this.#handle.key);
  }

  /** @throws {ConfigError} When the store can't have such a key. */
  encodedKey(key: K): Uint8Array {
    return encodedKey(this.#handle.key, key);
  }
}

/** @throws {ConfigError} When a store with such keys can't have that one. */
export function encodedKey<K>(encoder: Encoder<K>, key: K): Uint8Array {
  const writer = new ByteWriter();
  try {
    encoder.encode(key, writer);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`the store cannot have such a key: ${reason}`], { cause });
  }
  return writer.copy();
}

/** The first bytes of a key; text is in UTF-8. */
export function encodedPrefix<K>(prefix: KeyPrefix<K>): Uint8Array {
  return prefix instanceof Uint8Array ? prefix : Buffer.from(prefix, 'utf8');
}
