import type { EngineWrite, StoreEngine } from '../../src/store/store-engine.ts';
import { checkpointAt } from '../contract/store-engine-contract.ts';

/** How many rows each version has. */
export const rowCount = 3000;

export const stores: readonly string[] = ['rows'];

/** Writes all rows of a version; the checkpoint says which one. */
export async function writeVersion(engine: StoreEngine, version: number): Promise<void> {
  const writes: EngineWrite[] = [];
  for (let row = 0; row < rowCount; row++) writes.push(rowOf(row, version));
  await engine.apply(writes, checkpointAt(version));
}

/** What an engine holds, against what was written. */
export interface Found {
  readonly right: number;
  readonly missing: number;
  /** Values of no version, or of an older one than the checkpoint says. */
  readonly wrong: readonly string[];
}

/** Reads every row by key and by a scan. */
export function readRows(engine: StoreEngine): Found {
  const oldest = engine.checkpoint?.offset ?? Number.POSITIVE_INFINITY;
  const wrong: string[] = [];
  let right = 0;
  let missing = 0;
  for (let row = 0; row < rowCount; row++) {
    const { key } = rowOf(row, 0);
    const value = engine.get(key);
    if (value === undefined) missing++;
    else if (isRight(key, value, oldest)) right++;
    else wrong.push(`get ${text(key)}: ${text(value)}`);
  }
  for (const { key, value } of engine.scan({})) {
    if (!isRight(key, value, oldest)) wrong.push(`scan ${text(key)}: ${text(value)}`);
  }
  return { right, missing, wrong };
}

function rowOf(row: number, version: number): EngineWrite & { readonly value: Uint8Array } {
  const name = String(row).padStart(6, '0');
  // Some values are so large that they have pages of their own.
  const filling = 'x'.repeat(row % 500 === 0 ? 9000 : row % 60);
  return { key: Buffer.from(name), value: Buffer.from(`${name} v${version} ${filling}`) };
}

function isRight(key: Uint8Array, value: Uint8Array, oldest: number): boolean {
  const version = Number(/ v(\d+) /.exec(text(value))?.[1]);
  if (!(version >= oldest)) return false;
  return text(value) === text(rowOf(Number(text(key)), version).value);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
