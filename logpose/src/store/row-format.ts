import { readInt32, readInt64, readUint32 } from '../base/big-endian.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { latin1 } from '../base/bytes.ts';
import type { Serde } from '../serde/serde.ts';
import type { Holding } from './holding.ts';
import type { Cell } from './row.ts';
import type { StoreDefinition } from './store-definition.ts';
import type { EngineWrite } from './store-engine.ts';
import type { StoreKind } from './store-handle.ts';

/**
 * A store's rows as bytes, in two forms.
 *
 * ```text
 * engine     [window start: int64, sign flipped] key → [timestamp: int64] value
 * changelog  key [window start: int64] [sequence: int32 = 0] → value
 * ```
 *
 * The parts in brackets are there for windowed and for timestamped stores. In the engine a window's
 * rows stand together, so that expired windows are one range; the changelog's form is the JVM's.
 */
export class RowFormat<K, V, H> {
  readonly windowed: boolean;
  readonly timestamped: boolean;
  /** Whether a key is the same as long as it is the same value. */
  readonly hasPrimitiveKeys: boolean;
  readonly holding: Holding<V, H>;
  /** Equal for two keys exactly when their bytes are. */
  readonly identity: (key: K) => string | number;
  readonly #key: Serde<K>;

  constructor(definition: StoreDefinition<StoreKind, K, V>, holding: Holding<V, H>) {
    this.windowed = definition.windows !== undefined;
    this.timestamped = definition.storeKind.startsWith('timestamped');
    this.hasPrimitiveKeys = definition.key.holds === 'primitive';
    this.holding = holding;
    this.#key = definition.key;
    this.identity = definition.key.identity ?? ((key) => this.encodedKey(key));
  }

  /** The key alone. */
  encodeKey(key: K, to: ByteWriter): void {
    this.#key.encode(key, to);
  }

  /** The key alone, one character per byte. */
  encodedKey(key: K): string {
    scratch.clear();
    this.#key.encode(key, scratch);
    return latin1(scratch.buffer, 0, scratch.length);
  }

  /** The key that `encodedKey` has encoded. */
  decodedKey(encodedKey: string): K {
    scratch.clear();
    scratch.latin1(encodedKey);
    return this.#key.decode(scratch.buffer, 0, scratch.length);
  }

  /** The key in one of the engine's keys, encoded. */
  encodedKeyOf(engineKey: Uint8Array): string {
    return latin1(engineKey, this.windowed ? windowPrefixBytes : 0);
  }

  /** The engine's key of a key in bytes. */
  engineKey(encodedKey: Uint8Array, startMs: number): Uint8Array {
    if (!this.windowed) return encodedKey;
    scratch.clear();
    writeWindowPrefix(startMs, scratch);
    scratch.bytes(encodedKey);
    return pooledCopy();
  }

  /** Bytes of a value, as the engine keeps them. */
  engineValue(value: H, timestamp: number): Uint8Array {
    scratch.clear();
    if (this.timestamped) scratch.int64(timestamp);
    this.holding.write(value, scratch);
    return pooledCopy();
  }

  cellOf(engineValue: Uint8Array): Cell<H> {
    const timestamp = this.timestamped ? readInt64(engineValue, 0) : 0;
    const start = this.timestamped ? timestampBytes : 0;
    return { value: this.holding.read(engineValue, start, engineValue.length), timestamp };
  }

  /** What follows the key in the changelog. */
  writeChangelogWindow(startMs: number, to: ByteWriter): void {
    if (!this.windowed) return;
    to.int64(startMs);
    to.int32(0);
  }

  /** A changelog record as the engine keeps it. Parts may be views of the record's bytes. */
  engineWrite(record: ChangelogRecord): EngineWrite {
    const { bytes, keyStart, keyEnd, valueStart, valueEnd, timestamp } = record;
    const key = this.windowed
      ? windowedEngineKey(bytes, keyStart, keyEnd)
      : bytes.subarray(keyStart, keyEnd);
    if (valueStart < 0) return { key, value: null };
    if (!this.timestamped) return { key, value: bytes.subarray(valueStart, valueEnd) };
    scratch.clear();
    scratch.int64(timestamp);
    scratch.bytes(bytes, valueStart, valueEnd);
    return { key, value: pooledCopy() };
  }
}

/** Where a changelog record stands in `bytes`. A `valueStart` of −1: deleted. */
export interface ChangelogRecord {
  readonly bytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly timestamp: number;
}

const scratch = new ByteWriter();
const timestampBytes = 8;

/** In memory that is shared with others: what is on its way to the engine does not live long. */
function pooledCopy(): Uint8Array {
  return Buffer.from(scratch.view());
}

const windowPrefixBytes = 8;
const windowSuffixBytes = 12;

/** What the engine's keys of a window begin with. */
export function windowPrefix(startMs: number): Uint8Array {
  const writer = new ByteWriter(windowPrefixBytes);
  writeWindowPrefix(startMs, writer);
  return writer.copy();
}

/** The window an engine's key belongs to. */
export function windowStartOf(engineKey: Uint8Array): number {
  return (readInt32(engineKey, 0) ^ signBit) * 4_294_967_296 + readUint32(engineKey, 4);
}

function windowedEngineKey(bytes: Uint8Array, start: number, end: number): Uint8Array {
  scratch.clear();
  writeWindowPrefix(readInt64(bytes, end - windowSuffixBytes), scratch);
  scratch.bytes(bytes, start, end - windowSuffixBytes);
  return pooledCopy();
}

const signBit = 0x8000_0000;

/** Flipping the sign makes unsigned byte order the order of times before and after 1970. */
function writeWindowPrefix(startMs: number, to: ByteWriter): void {
  const high = Math.floor(startMs / 4_294_967_296);
  to.int32(high ^ signBit);
  to.int32(startMs - high * 4_294_967_296);
}
