import assert from 'node:assert/strict';
import { bytes as bytesSerde, float64, int32, utf8, uuid } from '../../src/serde/primitives.ts';
import { keyValueStore, timestampedKeyValueStore } from '../../src/store/store-definition.ts';
import { rigOf, type StoreCase } from './store-case.ts';

const counts = keyValueStore({ name: 'counts', key: utf8, value: int32 });
const table = timestampedKeyValueStore({ name: 'table', key: utf8, value: int32 });

/** Rows by key: reading, writing and scanning over all levels. */
export function storeKeyValueCases(it: StoreCase): void {
  it('a written value is seen at once, a deleted one is gone', async ({ task }) => {
    const { writable } = rigOf(counts, task);
    writable.put('ada', 1);
    writable.put('bob', 2);
    writable.delete('bob');

    assert.equal(writable.get('ada'), 1);
    assert.equal(writable.get('bob'), undefined);
    assert.equal(writable.get('eve'), undefined);
  });

  it('outside only what is committed is seen', async ({ task }) => {
    const rig = rigOf(counts, task);
    rig.writable.put('ada', 1);
    assert.equal(rig.committed.get('ada'), undefined);
    rig.commit();
    rig.writable.put('ada', 2);
    rig.writable.put('bob', 2);

    assert.equal(rig.committed.get('ada'), 1);
    assert.deepEqual([...rig.committed.range()], [['ada', 1]]);
    assert.deepEqual(
      [...rig.writable.range()],
      [
        ['ada', 2],
        ['bob', 2],
      ],
    );
  });

  it('a scan merges the levels in the order of the encoded keys', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const key of ['a', 'c', 'e', 'g']) rig.writable.put(key, 1);
    rig.commit();
    await rig.flush();
    for (const key of ['b', 'c']) rig.writable.put(key, 2);
    rig.writable.delete('e');
    rig.commit();
    for (const key of ['b', 'd']) rig.writable.put(key, 3);
    rig.seal();
    rig.writable.delete('a');
    rig.writable.put('g', 4);

    const rows = [...rig.writable.range()].map(String);
    assert.deepEqual(rows, ['b,3', 'c,2', 'd,3', 'g,4']);
    assert.deepEqual([...rig.writable.range({ reverse: true })].map(String), rows.toReversed());
    assert.deepEqual([...rig.committed.range()].map(String), ['a,1', 'b,2', 'c,2', 'g,1']);
  });

  it('bounds are inclusive or exclusive, as they are named', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const key of ['a', 'b', 'ba', 'c', 'd']) rig.writable.put(key, 1);
    rig.commit();
    await rig.flush();
    rig.writable.put('bb', 1);
    const keys = (bounds: Parameters<typeof rig.writable.range>[0]) =>
      [...rig.writable.range(bounds)].map(([key]) => key).join(' ');

    assert.equal(keys({ gte: 'b', lte: 'c' }), 'b ba bb c');
    assert.equal(keys({ gt: 'b', lt: 'c' }), 'ba bb');
    assert.equal(keys({ gte: 'b', gt: 'ba', lt: 'z', lte: 'c' }), 'bb c');
    assert.equal(keys({ gte: 'b', reverse: true }), 'd c bb ba b');
    assert.equal(keys({ lt: 'b' }), 'a');
    assert.equal(keys({ gte: 'c', lt: 'b' }), '');
    assert.equal(keys({ limit: 2 }), 'a b');
    assert.equal(keys({ limit: 2, reverse: true }), 'd c');
    assert.equal(keys({ limit: 0 }), '');
  });

  it('a prefix finds the keys that begin with it, as text or as bytes', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const key of ['a', 'ab', 'abc', 'b', 'ÿ', 'ÿÿ']) rig.writable.put(key, 1);
    rig.commit();
    await rig.flush();
    rig.writable.put('abd', 1);
    rig.writable.delete('ab');
    const keys = (prefix: string | Uint8Array) =>
      [...rig.writable.prefix(prefix)].map(([key]) => key).join(' ');

    assert.equal(keys('ab'), 'abc abd');
    assert.equal(keys(Buffer.from('ab')), 'abc abd');
    assert.equal(keys('ÿ'), 'ÿ ÿÿ');
    assert.equal(keys(''), 'a abc abd b ÿ ÿÿ');
  });

  it('a scan sees the store as it was when it began, whatever happens then', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const key of ['a', 'b', 'c']) rig.writable.put(key, 1);
    rig.commit();
    await rig.flush();
    rig.writable.put('d', 1);
    const scan = rig.writable.range();
    const first = scan.next();
    for (const key of ['a', 'b', 'd', 'e']) rig.writable.put(key, 2);
    rig.writable.delete('c');
    rig.commit();
    await rig.flush();

    assert.deepEqual(first.value, ['a', 1]);
    assert.deepEqual([...scan].map(String), ['b,1', 'c,1', 'd,1']);
    assert.deepEqual([...rig.writable.range()].map(String), ['a,2', 'b,2', 'd,2', 'e,2']);
  });

  it('a scan that is not read to its end gives its snapshot back', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const key of ['a', 'b', 'c']) rig.writable.put(key, 1);
    rig.commit();
    await rig.flush();
    let returned = 0;
    const counting = rigOf(counts, task, {
      wrap: (engine) => ({
        checkpoint: engine.checkpoint,
        entries: engine.entries,
        get: (key) => engine.get(key),
        apply: (writes, checkpoint) => engine.apply(writes, checkpoint),
        scan: (bounds) => Iterator.from(countReturn(engine.scan(bounds), () => returned++)),
      }),
    });

    counting.writable.range().return?.();
    for (const _row of counting.writable.range()) break;
    for (const _row of counting.writable.range({ limit: 1 }));
    assert.equal(returned, 3);
  });

  it('a timestamped row has its own time, others that of the record in hand', async (opened) => {
    const rig = rigOf(table, opened.task);
    rig.writable.put('ada', { value: 1, timestamp: 70 });
    const plain = rigOf(counts, opened.task);
    plain.hand.timeMs = 80;
    plain.writable.put('ada', 1);

    assert.deepEqual(rig.commit(), [['616461', '00000001', 70]]);
    assert.deepEqual(plain.commit(), [['616461', '00000001', 80]]);
    assert.deepEqual(rig.writable.get('ada'), { value: 1, timestamp: 70 });
  });

  it('a timestamped row keeps its time in the engine', async ({ task }) => {
    const rig = rigOf(table, task);
    rig.writable.put('ada', { value: 1, timestamp: -5 });
    rig.writable.put('bob', { value: 2, timestamp: 2 ** 50 });
    rig.commit();
    await rig.flush();

    assert.deepEqual(rig.writable.get('ada'), { value: 1, timestamp: -5 });
    assert.deepEqual([...rig.committed.range()][1], ['bob', { value: 2, timestamp: 2 ** 50 }]);
  });

  it('keys are one key exactly when their bytes are: 0 and −0, NaN', async ({ task }) => {
    const numbers = rigOf(keyValueStore({ name: 'n', key: float64, value: int32 }), task).writable;
    numbers.put(0, 1);
    numbers.put(-0, 2);
    numbers.put(Number.NaN, 3);
    const whole = rigOf(keyValueStore({ name: 'i', key: int32, value: int32 }), task).writable;
    whole.put(0, 1);
    whole.put(-0, 2);

    assert.deepEqual([numbers.get(0), numbers.get(-0), numbers.get(Number.NaN)], [1, 2, 3]);
    assert.deepEqual([whole.get(0), whole.get(-0)], [2, 2]);
    assert.deepEqual([...whole.range()], [[0, 2]]);
  });

  it('a key is shown as its bytes say, before and after a flush', async ({ task }) => {
    const rig = rigOf(keyValueStore({ name: 'ids', key: uuid, value: int32 }), task);
    const id = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';
    rig.writable.put(id, 1);
    const before = [...rig.writable.range()];
    rig.commit();
    await rig.flush();

    assert.deepEqual(before, [[id.toLowerCase(), 1]]);
    assert.deepEqual([...rig.writable.range()], before);
    assert.equal(rig.writable.get(id.toLowerCase()), 1);
  });

  it('a key object that is changed after its use does not change the row', async ({ task }) => {
    const rig = rigOf(keyValueStore({ name: 'b', key: bytesSerde, value: int32 }), task);
    const key = Buffer.from('ada');
    rig.writable.put(key, 1);
    key.write('bob');

    assert.equal(rig.writable.get(key), undefined);
    assert.equal(rig.writable.get(Buffer.from('ada')), 1);
    assert.deepEqual(rig.commit(), [['616461', '00000001', 0]]);
  });

  it('a key that cannot be encoded is refused when it is written', async ({ task }) => {
    const { writable } = rigOf(counts, task);
    assert.throws(() => writable.put('\ud800', 1), /lone surrogate/);
    assert.throws(() => writable.get('\ud800'), /lone surrogate/);
    assert.deepEqual([...writable.range()], []);
  });

  it('text keys are in the order of their bytes, not of their UTF-16 units', async ({ task }) => {
    const rig = rigOf(counts, task);
    for (const key of ['\u{1f600}', '\uffee', 'z']) rig.writable.put(key, 1);
    rig.commit();
    await rig.flush();
    rig.writable.put('\u{10000}', 1);

    const keys = [...rig.writable.range()].map(([key]) => key);
    assert.deepEqual(keys, ['z', '\uffee', '\u{10000}', '\u{1f600}']);
  });
}

function countReturn<T>(iterator: IterableIterator<T>, count: () => void): IterableIterator<T> {
  let isOpen = true;
  return {
    [Symbol.iterator]() {
      return this;
    },
    next: () => iterator.next(),
    return: () => {
      if (isOpen) count();
      isOpen = false;
      return iterator.return?.() ?? { done: true, value: undefined };
    },
  };
}
