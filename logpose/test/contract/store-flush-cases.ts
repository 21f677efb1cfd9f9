import assert from 'node:assert/strict';
import { int32, utf8 } from '../../src/serde/primitives.ts';
import {
  keyValueStore,
  timestampedKeyValueStore,
  windowStore,
} from '../../src/store/store-definition.ts';
import type { EngineWrite, StoreEngine } from '../../src/store/store-engine.ts';
import { type Change, rigOf, type StoreCase } from './store-case.ts';

const counts = keyValueStore({ name: 'counts', key: utf8, value: int32 });

/** Committed rows on their way into the engine. */
export function storeFlushCases(it: StoreCase, kept: 'memory' | 'disk'): void {
  it('flushed rows are in the engine, with the checkpoint they reach', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.commit();
    assert.equal(rig.engine.entries, 0);
    await rig.flush(7);

    assert.equal(rig.engine.entries, 1);
    assert.equal(rig.store.checkpoint?.offset, 7);
    assert.equal(rig.writable.get('ada'), 1);
    assert.equal(rig.store.unflushedBytes, 0);
  });

  it('what is not committed is not flushed', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.seal();
    rig.writable.put('bob', 1);
    await rig.flush();
    assert.equal(rig.engine.entries, 0);
  });

  it('what is committed behind the beginning of a flush waits for the next', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const round of [1, 2]) {
      rig.writable.put(`ada ${round}`, 1);
      rig.commit();
      const flushing = rig.flush(round);
      // Nobody has waited for the log to make this durable.
      rig.writable.put(`bob ${round}`, 1);
      rig.commit();
      await flushing;
      assert.equal(rig.engine.entries, 2 * round - 1);
    }
  });

  it('the bytes that wait for a flush are counted by their encoded length', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.writable.put('ada', 2);
    rig.commit();
    assert.equal(rig.store.unflushedBytes, 3 + 4);
    rig.writable.delete('ada');
    rig.commit();
    assert.equal(rig.store.unflushedBytes, 3 + 4 + 3);
  });

  it('rows are readable while a flush is on its way, and newer ones stay', async ({ task }) => {
    const gate = Promise.withResolvers<void>();
    const rig = rigOf(counts, task, { wrap: (engine) => slowed(engine, gate.promise) });
    for (const key of ['ada', 'bob', 'cid']) rig.writable.put(key, 1);
    rig.commit();
    const flushing = rig.flush();
    rig.writable.put('bob', 2);
    rig.commit();
    rig.writable.put('cid', 3);

    assert.deepEqual([...rig.writable.range()].map(String), ['ada,1', 'bob,2', 'cid,3']);
    gate.resolve();
    await flushing;
    assert.deepEqual([...rig.writable.range()].map(String), ['ada,1', 'bob,2', 'cid,3']);
    assert.deepEqual([...rig.committed.range()].map(String), ['ada,1', 'bob,2', 'cid,1']);
    await rig.flush();
    rig.store.rollback();
    assert.deepEqual([...rig.writable.range()].map(String), ['ada,1', 'bob,2', 'cid,1']);
  });

  it('a flush that fails loses nothing, and the next one takes its rows', async ({ task }) => {
    let failures = 1;
    const rig = rigOf(counts, task, { wrap: (engine) => failing(engine, () => failures-- > 0) });
    rig.writable.put('ada', 1);
    rig.writable.put('bob', 1);
    rig.commit();
    const waiting = rig.store.unflushedBytes;
    await assert.rejects(rig.flush(1), /no space/);

    assert.equal(rig.writable.get('ada'), 1);
    assert.equal(rig.store.unflushedBytes, waiting);
    assert.equal(rig.store.checkpoint, undefined);
    rig.writable.put('bob', 2);
    rig.commit();
    await rig.flush(2);
    assert.equal(rig.engine.entries, 2);
    assert.deepEqual([...rig.committed.range()].map(String), ['ada,1', 'bob,2']);
  });

  it('rows that are not durable in the log are not flushed', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.commit();
    await assert.rejects(rig.flush(1, Promise.reject(new Error('not synced'))), /not synced/);

    assert.equal(rig.engine.entries, 0);
    await rig.flush(2);
    assert.equal(rig.engine.entries, 1);
  });

  it('a deleted row leaves the engine with the next flush', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.commit();
    await rig.flush();
    rig.writable.delete('ada');
    rig.commit();
    assert.equal(rig.writable.get('ada'), undefined);
    await rig.flush();

    assert.equal(rig.writable.get('ada'), undefined);
    assert.equal(rig.engine.entries, 0);
  });

  it('rows that have expired by committed stream time leave the engine', async ({ task }) => {
    const shape = { windowSizeMs: 10, retentionMs: 25 };
    const rig = rigOf(windowStore({ name: 'w', key: utf8, value: int32, ...shape }), task);
    for (const startMs of [-10, 0, 10]) rig.writable.put('ada', startMs, startMs);
    rig.commit();
    await rig.flush();
    assert.equal(rig.engine.entries, 3);
    rig.writable.put('ada', 1, 30);
    await rig.flush();
    assert.equal(rig.engine.entries, 3, 'the write is not committed');
    rig.commit();
    await rig.flush();

    assert.equal(rig.engine.entries, 2);
    assert.deepEqual(
      [...rig.writable.fetch('ada')].map(([{ window }]) => window.startMs),
      [10, 30],
    );
  });

  it('a store that is restored from its changelog has the same rows', async ({ task }) => {
    const table = timestampedKeyValueStore({ name: 'table', key: utf8, value: int32 });
    const rig = rigOf(table, task);
    rig.writable.put('ada', { value: 1, timestamp: 5 });
    rig.writable.put('bob', { value: 2, timestamp: 6 });
    const changes = rig.commit();
    rig.writable.delete('bob');
    changes.push(...rig.commit());
    const expected = [...rig.committed.range()];

    const restored = rigOf(table, task);
    const writes = changes.map((change) => restored.store.engineWrite(recordOf(change)));
    await restored.engine.apply(writes, { ...checkpoint, offset: 3 });
    assert.deepEqual([...restored.committed.range()], expected);
    assert.deepEqual(expected, [['ada', { value: 1, timestamp: 5 }]]);
  });

  if (kept === 'memory') return;
  it('after a crash the store is as it was at its checkpoint', async ({ task, reopen }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.commit();
    await rig.flush(1);
    rig.writable.put('ada', 2);
    rig.commit();
    const again = rigOf(counts, await reopen('abandoned'));

    assert.equal(again.store.checkpoint?.offset, 1);
    assert.deepEqual([...again.writable.range()].map(String), ['ada,1']);
  });

  it('an opened windowed store knows the latest window it has', async ({ task, reopen }) => {
    const shape = { windowSizeMs: 10, retentionMs: 20 };
    const windows = windowStore({ name: 'w', key: utf8, value: int32, ...shape });
    const rig = rigOf(windows, task);
    rig.writable.put('ada', 1, 100);
    rig.commit();
    await rig.flush();
    const again = rigOf(windows, await reopen('clean'));
    again.writable.put('ada', 1, 80);

    assert.equal(again.writable.get('ada', 80), undefined);
    assert.equal(again.writable.get('ada', 100), 1);
  });
}

const checkpoint = { topicId: 'changelog', leaderEpoch: 0, offset: 0, flushedAtMs: 0 };

function recordOf([key, value, timestamp]: Change) {
  const keyEnd = key.length / 2;
  const bytes = Buffer.from(key + (value ?? ''), 'hex');
  const valueStart = value === null ? -1 : keyEnd;
  return { bytes, keyStart: 0, keyEnd, valueStart, valueEnd: bytes.length, timestamp };
}

function slowed(engine: StoreEngine, gate: Promise<void>): StoreEngine {
  return applying(engine, () => gate);
}

function failing(engine: StoreEngine, fails: () => boolean): StoreEngine {
  return applying(engine, async () => {
    if (fails()) throw new Error('no space left');
  });
}

/** An engine that does something before it applies. */
function applying(
  engine: StoreEngine,
  before: (writes: readonly EngineWrite[]) => Promise<void>,
): StoreEngine {
  return {
    get checkpoint() {
      return engine.checkpoint;
    },
    get entries() {
      return engine.entries;
    },
    get: (key) => engine.get(key),
    scan: (bounds) => engine.scan(bounds),
    apply: async (writes, reached) => {
      await before(writes);
      await engine.apply(writes, reached);
    },
  };
}
