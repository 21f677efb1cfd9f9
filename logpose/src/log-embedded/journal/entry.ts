import { ByteWriter } from '../../base/byte-writer.ts';
import { asBuffer } from '../../base/bytes.ts';
import { crc32c } from '../../base/crc32c.ts';
import { position, readVarlong, writeVarlong } from '../../base/varint.ts';
import type { Change } from '../state/change.ts';
import { readChanges, writeChange } from '../state/change-codec.ts';

/** Changes that happen together or not at all. */
export interface Entry {
  /** Bytes of the journal that were known to be synced, with the records they speak of. */
  readonly syncedBytes: number;
  readonly leaderEpoch: number;
  readonly changes: Iterable<Change>;
}

/** Where an entry stands. Part of its CRCs: an entry is none at any other place. */
export interface EntryPlace {
  readonly journal: number;
  readonly at: number;
}

const entryHeaderBytes = 16;
/** What every entry begins with. */
export const entryMark = Buffer.from('LPJE');

const scratch = new ByteWriter(4096);

/**
 * An entry in bytes, as a view that is valid until the next call.
 *
 * ```text
 * entry := mark: 'LPJE', body length: int32, CRC of these: uint32, CRC of the body: uint32, body
 * body := synced bytes: number, leader epoch: number, change*
 * Both CRCs are CRC-32C and go on from that of: journal number: int64, position: int64
 * ```
 */
export function encodeEntry(entry: Entry, place: EntryPlace): Uint8Array {
  const seed = seedOf(place);
  scratch.clear();
  scratch.bytes(entryMark);
  scratch.length = entryHeaderBytes;
  writeVarlong(entry.syncedBytes, scratch);
  writeVarlong(entry.leaderEpoch, scratch);
  for (const change of entry.changes) writeChange(change, scratch);
  const bytes = scratch.view();
  bytes.writeInt32BE(bytes.length - entryHeaderBytes, 4);
  bytes.writeUInt32BE(crc32c(bytes, 0, 8, seed), 8);
  bytes.writeUInt32BE(crc32c(bytes, entryHeaderBytes, bytes.length, seed), 12);
  return bytes;
}

/** What stands at a place of a journal. */
export type FoundEntry =
  | { readonly state: 'whole'; readonly entry: Entry; readonly endAt: number }
  /** What a process leaves that is killed while it writes. */
  | { readonly state: 'torn' }
  /** What no writing leaves. */
  | { readonly state: 'damaged'; readonly cause: string }
  | { readonly state: 'end' };

/** @throws {RangeError} When a whole entry was written by another release. */
export function decodeEntry(journal: Uint8Array, place: EntryPlace): FoundEntry {
  const { at } = place;
  if (at === journal.length) return { state: 'end' };
  const bodyAt = at + entryHeaderBytes;
  if (bodyAt > journal.length) return { state: 'torn' };
  const bytes = asBuffer(journal);
  const seed = seedOf(place);
  if (crc32c(bytes, at, at + 8, seed) !== bytes.readUInt32BE(at + 8)) {
    return { state: 'damaged', cause: 'the header of an entry has another CRC' };
  }
  const endAt = bodyAt + bytes.readInt32BE(at + 4);
  if (endAt > journal.length) return { state: 'torn' };
  if (crc32c(bytes, bodyAt, endAt, seed) !== bytes.readUInt32BE(at + 12)) {
    return { state: 'damaged', cause: 'an entry has another CRC' };
  }
  return { state: 'whole', entry: decodeBody(journal.subarray(bodyAt, endAt)), endAt };
}

function decodeBody(body: Uint8Array): Entry {
  const syncedBytes = readVarlong(body, 0);
  const leaderEpoch = readVarlong(body, position);
  return { syncedBytes, leaderEpoch, changes: readChanges(body.subarray(position)) };
}

function seedOf({ journal, at }: EntryPlace): number {
  const place = Buffer.allocUnsafe(16);
  place.writeBigInt64BE(BigInt(journal), 0);
  place.writeBigInt64BE(BigInt(at), 8);
  return crc32c(place);
}
