import type { ByteWriter } from '../base/byte-writer.ts';
import { copyBytes, emptyBytes } from '../base/bytes.ts';
import { position, readVarint, writeVarint } from '../base/varint.ts';

/** Named byte strings beside a record, in order, names repeatable. Immutable. */
export interface RecordHeaders extends Iterable<readonly [name: string, value: Uint8Array]> {
  /** The last value of that name; a null on the wire reads as no bytes. */
  get(name: string): Uint8Array | undefined;
  /** The last value of that name, read as UTF-8. */
  text(name: string): string | undefined;
  all(name: string): readonly Uint8Array[];
  /** These headers and one more, at the end. */
  with(name: string, value: string | Uint8Array): RecordHeaders;
  /** These headers but those of that name. */
  without(name: string): RecordHeaders;
}

/** Headers from names and values, in order; null is kept as null on the wire. */
export function headersOf(entries: readonly Entry[]): RecordHeaders {
  return entries.length === 0 ? noHeaders : createHeaders(entries);
}

/**
 * Headers over their encoded form, decoded when first asked for.
 *
 * ```text
 * header := name length: varint, name: utf8, value length: varint (−1: null), value
 * ```
 *
 * @param encoded - `count` headers, without the count; kept, so it must not be reused.
 */
export function headersFromBytes(encoded: Uint8Array, count: number): RecordHeaders {
  return count === 0 ? noHeaders : new EncodableHeaders(undefined, { bytes: encoded, count });
}

/** Writes the count and the headers, as a record of a batch has them. */
export function writeHeaders(headers: RecordHeaders, to: ByteWriter): void {
  if (headers === noHeaders) to.byte(0);
  else if (headers instanceof EncodableHeaders) headers.writeTo(to);
  else createHeaders([...headers]).writeTo(to);
}

/** The names and values, nulls kept. */
export function headerEntries(headers: RecordHeaders): readonly Entry[] {
  return headers instanceof EncodableHeaders ? headers.entries() : [...headers];
}

type Entry = readonly [name: string, value: Uint8Array | null];

interface Encoded {
  readonly bytes: Uint8Array;
  readonly count: number;
}

class EncodableHeaders implements RecordHeaders {
  #entries: readonly Entry[] | undefined;
  readonly #encoded: Encoded | undefined;

  constructor(entries: readonly Entry[] | undefined, encoded: Encoded | undefined) {
    this.#entries = entries;
    this.#encoded = encoded;
  }

  get(name: string): Uint8Array | undefined {
    return this.all(name).at(-1);
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : new TextDecoder().decode(value);
  }

  all(name: string): readonly Uint8Array[] {
    return this.entries()
      .filter(([each]) => each === name)
      .map(([, value]) => value ?? emptyBytes);
  }

  with(name: string, value: string | Uint8Array): RecordHeaders {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : copyBytes(value);
    return createHeaders([...this.entries(), [name, bytes]]);
  }

  without(name: string): RecordHeaders {
    return headersOf(this.entries().filter(([each]) => each !== name));
  }

  *[Symbol.iterator](): Iterator<readonly [string, Uint8Array]> {
    for (const [name, value] of this.entries()) yield [name, value ?? emptyBytes];
  }

  entries(): readonly Entry[] {
    this.#entries ??= this.#encoded === undefined ? [] : decode(this.#encoded);
    return this.#entries;
  }

  writeTo(to: ByteWriter): void {
    if (this.#encoded !== undefined) {
      writeVarint(this.#encoded.count, to);
      to.bytes(this.#encoded.bytes);
      return;
    }
    const entries = this.entries();
    writeVarint(entries.length, to);
    for (const [name, value] of entries) {
      const nameBytes = new TextEncoder().encode(name);
      writeVarint(nameBytes.length, to);
      to.bytes(nameBytes);
      writeVarint(value === null ? -1 : value.length, to);
      if (value !== null) to.bytes(value);
    }
  }
}

// Stands behind the class, which must be there before its first instance.
/** The one object for "no headers", which is what most records have. */
export const noHeaders: RecordHeaders = createHeaders([]);

function createHeaders(entries: readonly Entry[]): EncodableHeaders {
  return new EncodableHeaders(entries, undefined);
}

function decode({ bytes, count }: Encoded): readonly Entry[] {
  const decoder = new TextDecoder();
  const entries: Entry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const nameLength = readVarint(bytes, at);
    const nameEnd = position + nameLength;
    const name = decoder.decode(bytes.subarray(position, nameEnd));
    const valueLength = readVarint(bytes, nameEnd);
    at = position + Math.max(valueLength, 0);
    entries.push([name, valueLength < 0 ? null : copyBytes(bytes, position, at)]);
  }
  return entries;
}
