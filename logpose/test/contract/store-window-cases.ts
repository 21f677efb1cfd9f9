import assert from 'node:assert/strict';
import { int32, utf8 } from '../../src/serde/primitives.ts';
import { windowStore } from '../../src/store/store-definition.ts';
import type { Windowed } from '../../src/window/window.ts';
import { rigOf, type StoreCase } from './store-case.ts';

const shape = { windowSizeMs: 10, retentionMs: 100 };
const windows = windowStore({ name: 'windows', key: utf8, value: int32, ...shape });

/** Rows by key and window start. */
export function storeWindowCases(it: StoreCase): void {
  it('bounds may be infinite, and need not be whole numbers', async ({ task }) => {
    const shape = { windowSizeMs: 10, retentionMs: 1_000 };
    const rig = rigOf(windowStore({ name: 'w', key: utf8, value: int32, ...shape }), task);
    for (const startMs of [-20, -10, 0, 10]) rig.writable.put('ada', startMs, startMs);
    rig.commit();
    await rig.flush();
    const starts = (fromMs: number, toMs: number) =>
      [...rig.writable.fetch('ada', { fromMs, toMs })].map(([{ window }]) => window.startMs);

    assert.deepEqual(starts(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY), [-20, -10, 0, 10]);
    assert.deepEqual(starts(Number.MIN_SAFE_INTEGER - 1, 0), [-20, -10, 0]);
    assert.deepEqual(starts(-10.5, 9.5), [-10, 0]);
    assert.deepEqual(starts(-9.5, 10), [0, 10]);
    assert.deepEqual(starts(0.5, 10), [10]);
  });

  it('a key has a row per window', async ({ task }) => {
    const { writable } = rigOf(windows, task);
    writable.put('ada', 1, 10);
    writable.put('ada', 2, 20);
    writable.delete('ada', 10);

    assert.equal(writable.get('ada', 10), undefined);
    assert.equal(writable.get('ada', 20), 2);
    assert.equal(writable.get('bob', 20), undefined);
  });

  it('fetch gives the windows of a key in order, within both bounds', async ({ task }) => {
    const rig = rigOf(windows, task);
    for (const startMs of [0, 20, 40]) rig.writable.put('ada', startMs, startMs);
    rig.writable.put('bob', 20, 20);
    rig.commit();
    await rig.flush();
    for (const startMs of [10, 30]) rig.writable.put('ada', startMs, startMs);
    const starts = (bounds: Parameters<typeof rig.writable.fetch>[1]) =>
      [...rig.writable.fetch('ada', bounds)].map(([{ window }]) => window.startMs);

    assert.deepEqual(starts({}), [0, 10, 20, 30, 40]);
    assert.deepEqual(starts({ fromMs: 10, toMs: 30 }), [10, 20, 30]);
    assert.deepEqual(starts({ fromMs: 11, reverse: true }), [40, 30, 20]);
    assert.deepEqual(starts({ limit: 2 }), [0, 10]);
    assert.deepEqual(starts({ limit: 0 }), []);
    assert.deepEqual(starts({ fromMs: 50 }), []);
  });

  it('fetchAll gives the windows of all keys by key, then start', async ({ task }) => {
    const rig = rigOf(windows, task);
    rig.writable.put('bob', 1, 0);
    rig.writable.put('ada', 2, 20);
    rig.commit();
    await rig.flush();
    rig.writable.put('ada', 3, 10);
    rig.writable.put('cid', 4, 10);
    rig.writable.put('bob', 5, 0);

    const rows = [...rig.writable.fetchAll()].map(line);
    assert.deepEqual(rows, ['ada 10–20: 3', 'ada 20–30: 2', 'bob 0–10: 5', 'cid 10–20: 4']);
    assert.deepEqual([...rig.writable.fetchAll({ reverse: true })].map(line), rows.toReversed());
    assert.deepEqual(
      [...rig.writable.fetchAll({ fromMs: 10, limit: 2 })].map(line),
      rows.slice(0, 2),
    );
    assert.deepEqual([...rig.committed.fetchAll()].map(line), ['ada 20–30: 2', 'bob 0–10: 1']);
  });

  it('keys of one window that continue each other keep their order', async ({ task }) => {
    const rig = rigOf(windows, task);
    for (const key of ['b', 'a', 'ab', 'aa', '']) rig.writable.put(key, 1, 10);
    rig.commit();
    await rig.flush();
    const keys = [...rig.writable.fetchAll()].map(([{ key }]) => key);
    assert.deepEqual(keys, ['', 'a', 'aa', 'ab', 'b']);
  });

  it('windows before 1970 come before those after it', async ({ task }) => {
    const rig = rigOf(windows, task);
    for (const startMs of [-20, -10, 0, 10]) rig.writable.put('ada', 1, startMs);
    rig.commit();
    await rig.flush();
    const starts = [...rig.writable.fetch('ada')].map(([{ window }]) => window.startMs);
    assert.deepEqual(starts, [-20, -10, 0, 10]);
  });

  it('a window that starts a retention before stream time is not kept', async (opened) => {
    const rig = rigOf(windows, opened.task);
    rig.writable.put('ada', 1, 0);
    rig.writable.put('ada', 2, 10);
    rig.writable.put('bob', 3, 100);
    rig.writable.put('cid', 4, 0);

    assert.equal(rig.writable.get('ada', 0), undefined);
    assert.equal(rig.writable.get('ada', 10), 2);
    assert.equal(rig.writable.get('cid', 0), undefined);
    assert.deepEqual([...rig.writable.fetchAll()].map(line), ['ada 10–20: 2', 'bob 100–110: 3']);
  });

  it('the changelog has the window behind the key, as on the JVM', async ({ task }) => {
    const rig = rigOf(windows, task);
    rig.hand.timeMs = 15;
    rig.writable.put('ada', 1, 10);
    assert.deepEqual(rig.commit(), [['616461000000000000000a00000000', '00000001', 15]]);
  });

  it('fetchAll sees the store as it was when it began', async ({ task }) => {
    const rig = rigOf(windows, task);
    rig.writable.put('ada', 1, 10);
    rig.writable.put('bob', 1, 20);
    rig.commit();
    await rig.flush();
    const scan = rig.writable.fetchAll();
    rig.writable.put('ada', 2, 10);
    rig.writable.put('cid', 2, 30);
    rig.commit();
    await rig.flush();
    assert.deepEqual([...scan].map(line), ['ada 10–20: 1', 'bob 20–30: 1']);
  });
}

function line([{ key, window }, value]: [Windowed<string>, number]): string {
  return `${key} ${window.startMs}–${window.endMs}: ${value}`;
}
