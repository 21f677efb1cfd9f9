import assert from 'node:assert/strict';
import { serde } from '../../src/serde/from-functions.ts';
import { json } from '../../src/serde/json.ts';
import { bytes, utf8 } from '../../src/serde/primitives.ts';
import {
  keyValueStore,
  timestampedKeyValueStore,
  windowStore,
} from '../../src/store/store-definition.ts';
import { rigOf, type StoreCase, type StoreRig } from './store-case.ts';

interface Basket {
  readonly owner: { name: string };
  readonly items: string[];
}

const baskets = json((value): Basket => {
  assert.ok(typeof value === 'object' && value !== null && 'owner' in value && 'items' in value);
  const { owner, items } = value;
  assert.ok(typeof owner === 'object' && owner !== null && 'name' in owner);
  assert.ok(typeof owner.name === 'string' && Array.isArray(items));
  return { owner: { name: owner.name }, items: items.map(String) };
});

const plain = keyValueStore({ name: 'plain', key: utf8, value: baskets });
const table = timestampedKeyValueStore({ name: 'table', key: utf8, value: baskets });
const dates = serde<Date>({
  encode: (date) => Buffer.from(date.toISOString()),
  decode: (encoded) => new Date(Buffer.from(encoded).toString()),
});

/** What happens to a value that others still hold. */
export function storeValueCases(it: StoreCase): void {
  for (const step of ['written', 'committed', 'flushed', 'rolled back'] as const) {
    it(`a plain value that was put cannot be changed any more, ${step}`, async ({ task }) => {
      const rig = rigOf(plain, task);
      const basket: Basket = { owner: { name: 'ada' }, items: ['tea'] };
      rig.writable.put('ada', basket);
      await go(rig, step);

      assert.throws(() => basket.items.push('milk'), TypeError);
      assert.throws(() => {
        basket.owner.name = 'bob';
      }, TypeError);
    });
  }

  for (const step of ['written', 'committed', 'flushed'] as const) {
    it(`a plain value that was got cannot be changed, ${step}`, async ({ task }) => {
      const rig = rigOf(plain, task);
      rig.writable.put('ada', { owner: { name: 'ada' }, items: ['tea'] });
      await go(rig, step);
      const got = rig.writable.get('ada');

      assert.throws(() => got?.items.push('milk'), TypeError);
      assert.deepEqual(rig.writable.get('ada'), { owner: { name: 'ada' }, items: ['tea'] });
      for (const [, scanned] of rig.writable.range()) {
        assert.throws(() => scanned.items.push('milk'), TypeError);
      }
    });

    it(`an opaque value is a new one at each reading, ${step}`, async ({ task }) => {
      const rig = rigOf(keyValueStore({ name: 'dates', key: utf8, value: dates }), task);
      const date = new Date(0);
      rig.writable.put('ada', date);
      date.setTime(1);
      await go(rig, step);
      rig.writable.get('ada')?.setTime(2);

      assert.equal(rig.writable.get('ada')?.getTime(), 0);
      for (const [, scanned] of rig.writable.range()) scanned.setTime(3);
      assert.equal(rig.writable.get('ada')?.getTime(), 0);
    });

    it(`bytes that were put or got may be changed without harm, ${step}`, async ({ task }) => {
      const rig = rigOf(keyValueStore({ name: 'bytes', key: utf8, value: bytes }), task);
      const value = Buffer.from('tea');
      rig.writable.put('ada', value);
      value.fill(0);
      await go(rig, step);
      rig.writable.get('ada')?.fill(1);

      assert.equal(Buffer.from(rig.writable.get('ada') ?? []).toString(), 'tea');
    });

    it(`a row of a table that was got is the reader's own, ${step}`, async ({ task }) => {
      const rig = rigOf(table, task);
      const basket: Basket = { owner: { name: 'ada' }, items: ['tea'] };
      rig.writable.put('ada', { value: basket, timestamp: 7 });
      await go(rig, step);
      const row: { value: unknown; timestamp: number } | undefined = rig.writable.get('ada');
      if (row !== undefined) row.timestamp = 9;

      assert.equal(rig.writable.get('ada')?.timestamp, 7);
      assert.throws(() => rig.writable.get('ada')?.value.items.push('milk'), TypeError);
    });

    it(`a windowed value cannot be changed either, ${step}`, async ({ task }) => {
      const shape = { windowSizeMs: 10, retentionMs: 100 };
      const store = windowStore({ name: 'windows', key: utf8, value: baskets, ...shape });
      const rig = rigOf(store, task);
      rig.writable.put('ada', { owner: { name: 'ada' }, items: [] }, 10);
      await go(rig, step);

      assert.throws(() => rig.writable.get('ada', 10)?.items.push('milk'), TypeError);
    });
  }
}

type AnyRig = Pick<StoreRig<'key-value', never, never>, 'commit' | 'flush' | 'store'>;

async function go(rig: AnyRig, step: string): Promise<void> {
  if (step === 'rolled back') rig.store.rollback();
  if (step === 'committed' || step === 'flushed') rig.commit();
  if (step === 'flushed') await rig.flush();
}
