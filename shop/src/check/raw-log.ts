import { bytes, type ConsumedRecord, type Log, nullable, type Topic, topic } from 'logpose';
import { readToEnd } from '../read-to-end.ts';

/** A record as the log has it. */
export type RawRecord = ConsumedRecord<Uint8Array | null, Uint8Array | null>;

/** Hands over every record of a topic as bytes. What was deleted by its time is not missed. */
export async function readRaw(
  log: Log,
  name: string,
  onRecord: (record: RawRecord) => void,
): Promise<void> {
  await readToEnd(log, rawTopic(name), onRecord, { missing: 'accept', idleMs: 2_000 });
}

/** The last value of each key of a compacted topic. */
export async function readLast(log: Log, name: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const rows = new Map<string, Uint8Array>();
  await readRaw(log, name, ({ key, value }) => {
    if (key === null) return;
    // Latin-1 keeps each byte apart, whatever the key is.
    const id = Buffer.from(key).toString('latin1');
    if (value === null) rows.delete(id);
    else rows.set(id, value);
  });
  return rows;
}

/** Text of bytes. */
export function textOf(bytesOfText: Uint8Array): string {
  return Buffer.from(bytesOfText).toString('utf8');
}

/** A key that `readLast` gave, as the text that was written. */
export function keyText(id: string): string {
  return Buffer.from(id, 'latin1').toString('utf8');
}

/** Eight bytes as a number. */
export function longOf(value: Uint8Array): number {
  return Number(Buffer.from(value).readBigInt64BE(0));
}

function rawTopic(name: string): Topic<Uint8Array | null, Uint8Array | null> {
  return topic(name, { key: nullable(bytes), value: nullable(bytes) });
}
