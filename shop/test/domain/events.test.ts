import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { system } from '../../src/domain/surroundings.ts';
import { eventSchemas } from '../../src/events/event-schemas.ts';
import { EventFormatError, parseEvent } from '../../src/events/parse-event.ts';
import { uuidV7 } from '../../src/events/uuid-v7.ts';

const schemas = new URL('../../schemas/', import.meta.url);
const order = {
  v: 1,
  id: '0194f7a0-5c3e-7cc0-8a55-6b6f9d1f0e01',
  type: 'order.created',
  occurredAt: 1_771_143_046_777,
  source: 'api',
  productCode: '7',
  orderId: '12',
  quantity: 2,
  unitPrice: 870_000,
};

for (const [type, schema] of Object.entries(eventSchemas)) {
  test(`the committed schema of ${type} is the one the code checks by`, async () => {
    const committed = await readFile(new URL(`${type}.v1.json`, schemas), 'utf8');
    assert.deepEqual(JSON.parse(committed), JSON.parse(JSON.stringify(schema)));
  });
}

test('an event with a field of a later writer is read, the field is kept', () => {
  const later = { ...order, giftWrap: true };
  assert.deepEqual(parseEvent('order.created')(later), later);
});

const broken = [
  ['with null for its pieces', { ...order, quantity: null }, '/quantity'],
  ['with no pieces', { ...order, quantity: 0 }, '/quantity'],
  ['with a negative time', { ...order, occurredAt: -1 }, '/occurredAt'],
  ['with a time no date can have', { ...order, occurredAt: 1e17 }, '/occurredAt'],
  ['with half a piece', { ...order, quantity: 1.5 }, '/quantity'],
  ['of another type', { ...order, type: 'order.cancelled' }, '/type'],
  ['of a later version', { ...order, v: 2 }, '/v'],
  ['with a bad id', { ...order, id: 'twelve' }, '/id'],
  ['that is text', 'order', ''],
] as const;

for (const [what, value, path] of broken) {
  test(`an event ${what} is refused with the place of the problem`, () => {
    assert.throws(
      () => parseEvent('order.created')(value),
      (error) => error instanceof EventFormatError && error.path === path,
    );
  });
}

test('event ids are version 7 and rise with time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 47 }), (time) => {
      const earlier = uuidV7({ ...system, nowMs: () => time });
      const later = uuidV7({ ...system, nowMs: () => time + 1 });
      assert.match(
        earlier,
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      assert.ok(earlier < later);
    }),
  );
});
