import assert from 'node:assert/strict';
import { int32, utf8 } from '../../src/serde/primitives.ts';
import { keyValueStore, windowStore } from '../../src/store/store-definition.ts';
import { rigOf, type StoreCase } from './store-case.ts';

const counts = keyValueStore({ name: 'counts', key: utf8, value: int32 });

/** The transaction that commits, the one that fills, and what an abort leaves. */
export function storeGenerationCases(it: StoreCase): void {
  it('the changelog gets each changed row once, in the order of last writes', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.writable.put('bob', 1);
    rig.writable.put('ada', 2);
    rig.writable.delete('eve');

    assert.deepEqual(rig.seal(), [
      ['626f62', '00000001', 0],
      ['616461', '00000002', 0],
      ['657665', null, 0],
    ]);
    rig.store.settle();
    assert.deepEqual(rig.commit(), []);
  });

  it('processing goes on while a transaction is on its way', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.seal();
    rig.writable.put('ada', (rig.writable.get('ada') ?? 0) + 1);

    assert.equal(rig.writable.get('ada'), 2);
    assert.equal(rig.committed.get('ada'), undefined);
    rig.store.settle();
    assert.equal(rig.committed.get('ada'), 1);
    assert.deepEqual(rig.commit(), [['616461', '00000002', 0]]);
    assert.equal(rig.committed.get('ada'), 2);
  });

  it('an abort drops both generations and nothing else', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const key of ['ada', 'bob', 'cid']) rig.writable.put(key, 1);
    rig.commit();
    await rig.flush();
    rig.writable.put('bob', 2);
    rig.commit();
    rig.writable.put('ada', 3);
    rig.writable.put('dan', 3);
    rig.seal();
    rig.writable.put('ada', 4);
    rig.writable.delete('cid');
    rig.store.rollback();

    assert.deepEqual([...rig.writable.range()].map(String), ['ada,1', 'bob,2', 'cid,1']);
    assert.equal(rig.writable.get('ada'), 1);
    assert.deepEqual(rig.commit(), []);
  });

  it('a value that cannot be encoded leaves a store that can be rolled back', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    rig.commit();
    rig.writable.put('ada', 2);
    rig.writable.put('bob', 0.5);
    rig.writable.put('cid', 3);

    assert.throws(() => rig.seal(), /whole number/);
    rig.store.rollback();
    assert.deepEqual([...rig.writable.range()].map(String), ['ada,1']);
    rig.writable.put('cid', 4);
    assert.deepEqual(rig.commit(), [['636964', '00000004', 0]]);
  });

  it('an aborted window leaves no trace in the stream time of its store', async ({ task }) => {
    const shape = { windowSizeMs: 10, retentionMs: 20 };
    const rig = rigOf(windowStore({ name: 'w', key: utf8, value: int32, ...shape }), task);
    rig.writable.put('ada', 1, 0);
    rig.commit();
    rig.writable.put('ada', 2, 1000);
    assert.equal(rig.writable.get('ada', 0), undefined);
    rig.store.rollback();

    assert.equal(rig.writable.get('ada', 0), 1);
    rig.writable.put('bob', 1, 10);
    assert.equal(rig.writable.get('bob', 10), 1);
  });

  it('a key written over and over is one row', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (let round = 0; round < 50_000; round++) rig.writable.put(`key-${round % 3}`, round);

    assert.equal(rig.commit().length, 3);
    assert.equal(rig.writable.get('key-1'), 49_999);
  });
}
