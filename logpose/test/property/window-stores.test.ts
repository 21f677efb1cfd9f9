import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { int32, utf8 } from '../../src/serde/primitives.ts';
import { windowStore } from '../../src/store/store-definition.ts';
import type { StoreEngineFactory } from '../../src/store/store-engine.ts';
import type { ReadonlyWindowStore, TimeBounds } from '../../src/store/stores.ts';
import { lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { memoryStores } from '../../src/store-memory/memory-stores.ts';
import type { Windowed } from '../../src/window/window.ts';
import { rigOf } from '../contract/store-case.ts';
import { taskDirectory } from '../contract/task-directory.ts';

const seed = Number(process.env['LOGPOSE_SEED'] ?? 21);
const sizeMs = 10;
const retentionMs = 40;
const windows = windowStore({
  name: 'windows',
  key: utf8,
  value: int32,
  windowSizeMs: sizeMs,
  retentionMs,
});

for (const factory of [memoryStores, lmdbStores()]) {
  test(`a windowed store on ${factory.name} equals maps of its windows (seed ${seed})`, {
    timeout: 120_000,
  }, async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), (steps) =>
      compare(factory, steps),
    );
    await fc.assert(property, { seed, numRuns: factory.kept === 'disk' ? 25 : 150 });
  });
}

const key = fc.constantFrom('', 'a', 'aa', 'b', '\u{10000}', '\uffee');
const startMs = fc.integer({ min: -3, max: 12 }).map((window) => window * sizeMs);
const bounds = fc.record(
  {
    fromMs: fc.integer({ min: -30, max: 120 }),
    toMs: fc.integer({ min: -30, max: 120 }),
    reverse: fc.boolean(),
    limit: fc.nat({ max: 3 }),
  },
  { requiredKeys: [] },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ step: fc.constant('put' as const), key, startMs, value: fc.nat() }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('delete' as const), key, startMs }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('read' as const), key, startMs, bounds }) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constantFrom('seal', 'settle', 'rollback', 'flush', 'reopen'),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Row {
  readonly key: string;
  readonly startMs: number;
  readonly value: number | undefined;
}

/** One level: rows, and the latest window start that was seen with them. */
interface Level {
  readonly rows: Map<string, Row>;
  streamTimeMs: number;
}

class Oracle {
  filling = level(Number.NEGATIVE_INFINITY);
  committing: Level | undefined = undefined;
  committed = level(Number.NEGATIVE_INFINITY);
  engine = new Map<string, Row>();

  write(row: Row): void {
    this.filling.streamTimeMs = Math.max(this.filling.streamTimeMs, row.startMs);
    if (row.startMs <= this.filling.streamTimeMs - retentionMs) return;
    this.filling.rows.set(`${row.startMs} ${row.key}`, row);
  }

  seal(): void {
    this.committing = this.filling;
    this.filling = level(this.committing.streamTimeMs);
  }

  settle(): void {
    if (this.committing === undefined) return;
    for (const [id, row] of this.committing.rows) this.committed.rows.set(id, row);
    this.committed.streamTimeMs = this.committing.streamTimeMs;
    this.committing = undefined;
  }

  rollback(): void {
    this.committing = undefined;
    this.filling = level(this.committed.streamTimeMs);
  }

  flush(): void {
    const upToMs = this.committed.streamTimeMs - retentionMs;
    const expired = [...this.engine].filter(([, { startMs: start }]) => start <= upToMs);
    for (const [id, row] of this.committed.rows) this.engine.set(id, row);
    for (const [id] of expired) this.engine.delete(id);
    for (const [id, { value }] of this.engine) if (value === undefined) this.engine.delete(id);
    this.committed.rows.clear();
  }

  reopen(): void {
    this.committed = level(Number.NEGATIVE_INFINITY);
    for (const { startMs: start } of this.engine.values()) {
      this.committed.streamTimeMs = Math.max(this.committed.streamTimeMs, start);
    }
    this.rollback();
  }

  visible(to: 'processors' | 'others'): Row[] {
    const levels = [this.engine, this.committed.rows];
    if (to === 'processors') levels.push(this.committing?.rows ?? new Map(), this.filling.rows);
    const now = to === 'processors' ? this.filling.streamTimeMs : this.committed.streamTimeMs;
    const merged = new Map(levels.flatMap((rows) => [...rows]));
    return [...merged.values()]
      .filter(({ value, startMs: start }) => value !== undefined && start > now - retentionMs)
      .sort((left, right) => byBytes(left.key, right.key) || left.startMs - right.startMs);
  }
}

async function compare(factory: StoreEngineFactory, steps: readonly Step[]): Promise<void> {
  await using directory = await taskDirectory();
  const own = factory.kept === 'disk' ? directory.path : undefined;
  const open = () => factory.open({ directory: own, stores: ['rows'] });
  let task = await open();
  let rig = rigOf(windows, task);
  const oracle = new Oracle();
  const readers = (): readonly [ReadonlyWindowStore<string, number>, Row[]][] => [
    [rig.writable, oracle.visible('processors')],
    [rig.committed, oracle.visible('others')],
  ];
  const actions: Readonly<Record<string, () => void | Promise<void>>> = {
    seal: () => {
      if (oracle.committing !== undefined) return;
      rig.seal();
      oracle.seal();
    },
    settle: () => {
      rig.store.settle();
      // A store that has sealed nothing settles nothing.
      oracle.settle();
    },
    rollback: () => {
      rig.store.rollback();
      oracle.rollback();
    },
    flush: async () => {
      await rig.flush();
      oracle.flush();
    },
    reopen: async () => {
      if (factory.kept === 'memory') return;
      await task.close('clean');
      task = await open();
      rig = rigOf(windows, task);
      oracle.reopen();
    },
  };
  for (const now of steps) {
    if (now.step === 'put') {
      rig.writable.put(now.key, now.value, now.startMs);
      oracle.write(now);
    } else if (now.step === 'delete') {
      rig.writable.delete(now.key, now.startMs);
      oracle.write({ ...now, value: undefined });
    } else if (now.step === 'read') {
      for (const [store, rows] of readers()) read(store, rows, now);
    } else {
      await actions[now.step]?.();
    }
  }
  for (const [store, rows] of readers()) {
    assert.deepEqual(lines(store.fetchAll()), expected(rows, {}));
  }
  await task.close('clean');
}

function read(
  store: ReadonlyWindowStore<string, number>,
  rows: readonly Row[],
  at: { readonly key: string; readonly startMs: number; readonly bounds: TimeBounds },
): void {
  const same = rows.filter((row) => row.key === at.key);
  const one = same.find((row) => row.startMs === at.startMs);
  assert.equal(store.get(at.key, at.startMs), one?.value);
  assert.deepEqual(lines(store.fetch(at.key, at.bounds)), expected(same, at.bounds));
  assert.deepEqual(lines(store.fetchAll(at.bounds)), expected(rows, at.bounds));
}

function level(streamTimeMs: number): Level {
  return { rows: new Map(), streamTimeMs };
}

function expected(rows: readonly Row[], some: TimeBounds): string[] {
  const { fromMs = -1e9, toMs = 1e9, reverse = false, limit = 1e9 } = some;
  const found = rows
    .filter(({ startMs: start }) => start >= fromMs && start <= toMs)
    .map((row) => `${row.key} ${row.startMs}-${row.startMs + sizeMs}: ${row.value}`);
  return (reverse ? found.reverse() : found).slice(0, limit);
}

function lines(rows: Iterable<[Windowed<string>, number]>): string[] {
  return [...rows].map(
    ([{ key: found, window }, value]) => `${found} ${window.startMs}-${window.endMs}: ${value}`,
  );
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
