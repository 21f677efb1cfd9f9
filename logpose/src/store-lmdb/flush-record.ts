import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32c } from '../base/crc32c.ts';

/**
 * What is known of an LMDB file since it was last written, beside it: LMDB itself would not notice
 * that its file was cut, exchanged or is older than its newest page.
 *
 * ```text
 * file = CRC-32C of the text in eight hexadecimal digits, a space, text: JSON
 * ```
 */
export interface FlushRecord {
  /** The boot in which it was written. */
  readonly bootId: string;
  /** Whether everything was synced to the disk, and nothing written since. */
  readonly isSynced: boolean;
  /** Number of flushes so far; the file itself has it too. */
  readonly flushes: number;
  /** The file has at least this size. */
  readonly fileBytes: number;
  /** Number of entries by store. */
  readonly entries: Readonly<Record<string, number>>;
}

/** The record, or undefined when there is none or it is not what was written. */
export async function readFlushRecord(path: string): Promise<FlushRecord | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const text = bytes.toString('utf8', crcDigits + 1);
  if (bytes.toString('latin1', 0, crcDigits + 1) !== `${crcOf(text)} `) return undefined;
  const parsed: unknown = JSON.parse(text);
  return isFlushRecord(parsed) ? parsed : undefined;
}

/** Replaces the record. `'synced'`: it is on the disk when this resolves. */
export async function writeFlushRecord(
  path: string,
  record: FlushRecord,
  durability: 'synced' | 'cached',
): Promise<void> {
  const text = JSON.stringify(record);
  const next = `${path}.next`;
  await using file = await open(next, 'w');
  await file.writeFile(`${crcOf(text)} ${text}`);
  if (durability === 'synced') await file.sync();
  await rename(next, path);
  if (durability === 'synced') await syncDirectory(dirname(path));
}

/** Makes names in a directory last, where the system can do that. */
async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle | undefined;
  try {
    directory = await open(path, 'r');
    await directory.sync();
  } catch (error) {
    // Windows does not open directories and keeps names by itself.
    if (process.platform !== 'win32') throw error;
  } finally {
    await directory?.close();
  }
}

const crcDigits = 8;

function crcOf(text: string): string {
  return crc32c(Buffer.from(text)).toString(16).padStart(crcDigits, '0');
}

/** The CRC has said that it is what was written: this is for the compiler. */
function isFlushRecord(value: unknown): value is FlushRecord {
  return typeof value === 'object' && value !== null && 'flushes' in value && 'entries' in value;
}
