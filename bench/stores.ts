/**
 * What the engines of stores do in a second: a million rows in random order of keys, written in
 * flushes, read by key, scanned, and the same through a store with its levels.
 *
 * Usage: npm run bench -- stores [--record]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int32, utf8 } from 'logpose';
import { must } from '../logpose/src/base/assert.ts';
import { asValues } from '../logpose/src/store/holding.ts';
import { OpenStore } from '../logpose/src/store/open-store.ts';
import { definitionOf, timestampedKeyValueStore } from '../logpose/src/store/store-definition.ts';
import type {
  EngineWrite,
  StoreEngine,
  StoreEngineFactory,
} from '../logpose/src/store/store-engine.ts';
import { lmdbStores } from '../logpose/src/store-lmdb/lmdb-stores.ts';
import { memoryStores } from '../logpose/src/store-memory/memory-stores.ts';
import { measured } from './kit/measured.ts';
import { type BenchRow, report } from './kit/report.ts';

const rowCount = 1_000_000;
const rowsPerFlush = 50_000;
const keyBytes = 16;
const valueBytes = 100;
const bytes = rowCount * (keyBytes + valueBytes);
const keys = Array.from({ length: rowCount }, (_, at) => keyAt((at * 7919) % rowCount));
const value = Buffer.alloc(valueBytes, 'v');
const checkpoint = { topicId: 'rows', leaderEpoch: 0, offset: 1, flushedAtMs: 0 };

const rows: BenchRow[] = [];
for (const factory of [memoryStores, lmdbStores()]) rows.push(...(await benchEngine(factory)));
report('stores', rows);

async function benchEngine(factory: StoreEngineFactory): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'logpose-bench-'));
  const own = factory.kept === 'disk' ? directory : undefined;
  const task = await factory.open({ directory: own, stores: ['rows', 'levels'] });
  const engine = task.engine('rows');
  const timed = (what: string, run: () => Promise<void> | void) =>
    measured({ workload: `${factory.name}: ${what}`, records: rowCount, bytes }, run);
  try {
    return [
      await timed('write new rows', () => writeAll(engine)),
      await timed('write them again', () => writeAll(engine)),
      await timed('read by key', () => readAll(engine)),
      await timed('first scan of all', () => scanAll(engine)),
      await timed('scan of all', () => scanAll(engine)),
      await timed('count through the levels, each flush', () =>
        countThrough(task.engine('levels')),
      ),
    ];
  } finally {
    await task.close('clean');
    rmSync(directory, { recursive: true, force: true });
  }
}

async function writeAll(engine: StoreEngine): Promise<void> {
  for (let from = 0; from < rowCount; from += rowsPerFlush) {
    const writes: EngineWrite[] = keys
      .slice(from, from + rowsPerFlush)
      .map((key) => ({ key, value }));
    await engine.apply(writes, checkpoint);
  }
}

function readAll(engine: StoreEngine): void {
  for (const key of keys) must(engine.get(key), 'it was written');
}

function scanAll(engine: StoreEngine): void {
  let found = 0;
  for (const _entry of engine.scan({})) found++;
  if (found !== rowCount) throw new Error(`${found} rows`);
}

/** Reads, adds, writes; commits and flushes every so many rows. */
async function countThrough(engine: StoreEngine): Promise<void> {
  const handle = timestampedKeyValueStore({ name: 'levels', key: utf8, value: int32 });
  const definition = must(definitionOf(handle), 'made by a factory');
  const store = new OpenStore({ definition, engine, timeMs: () => 0 }, asValues(int32, 'levels'));
  const { levels } = store;
  for (let at = 0; at < rowCount; at++) {
    const row = levels.row(`customer-${at % 100_000}`, 0);
    const before = levels.shown(row, 'current')?.value ?? 0;
    levels.write(row, before + 1, at);
    if ((at + 1) % rowsPerFlush !== 0) continue;
    store.seal(() => undefined);
    store.settle();
    await store.flush(checkpoint, Promise.resolve());
  }
}

function keyAt(at: number): Buffer {
  return Buffer.from(`customer-${String(at).padStart(7, '0')}`);
}
