import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { checkEvent } from '../../src/events/parse-event.ts';
import { eventIdsOf } from '../../src/replay/event-id.ts';
import { RowError } from '../../src/replay/format.ts';
import { instantsIn } from '../../src/replay/instants.ts';
import { onlineRetail } from '../../src/replay/online-retail.ts';
import { speed } from '../../src/replay/options.ts';
import { Pace } from '../../src/replay/pace.ts';
import { rees46 } from '../../src/replay/rees46.ts';
import { openSourceFile, UnknownFormatError } from '../../src/replay/source-file.ts';

const id = eventIdsOf('0123456789abcdef'.repeat(4))(7);
const context = { id, instant: instantsIn('UTC') };

function line(text: string) {
  return onlineRetail.toEvent(text.split(';'), context);
}

test('an invoice line is an order, at its price in thousandths', () => {
  const row = '536365;85123A;HEART HOLDER;6;2010-12-01 08:26:00;2.55;17850.0;United Kingdom';
  assert.deepEqual(line(row), {
    kind: 'order',
    event: {
      v: 1,
      id: '01234567-89ab-8cde-8f01-000000000007',
      type: 'order.created',
      occurredAt: Date.UTC(2010, 11, 1, 8, 26),
      source: 'replay',
      productCode: '85123A',
      visitorId: '17850',
      orderId: '536365',
      quantity: 6,
      unitPrice: 2_550,
    },
  });
});

test('an invoice with C takes back, one with A and a negative one correct the stock', () => {
  const cancel = line('C536379;D;Discount;-1;2010-12-01 09:41:00;27.5;14527.0;United Kingdom');
  const damage = line('536589;21777;;-10;2010-12-01 16:50:00;0.0;;United Kingdom');
  const debt = line('A563185;B;Adjust bad debt;1;2011-08-12 14:50:00;11062.06;;United Kingdom');

  assert.equal(cancel.kind, 'cancel');
  assert.equal(cancel.event.type === 'order.cancelled' && cancel.event.quantity, 1);
  assert.equal(damage.kind, 'stock_adjust');
  assert.equal(damage.event.type === 'stock.adjusted' && damage.event.delta, -10);
  assert.equal(debt.kind, 'bad_debt');
  assert.equal(debt.event.type === 'stock.adjusted' && debt.event.reason, 'bad-debt');
  for (const { event } of [cancel, damage, debt]) checkEvent(event);
});

for (const { what, row } of [
  { what: 'an unknown kind of invoice', row: 'X1;7;;1;2010-12-01 08:26:00;1;;' },
  { what: 'no product', row: '536365;;;1;2010-12-01 08:26:00;1;;' },
  { what: 'half a piece', row: '536365;7;;0.5;2010-12-01 08:26:00;1;;' },
  { what: 'a price in words', row: '536365;7;;1;2010-12-01 08:26:00;free;;' },
  { what: 'a day that does not exist', row: '536365;7;;1;2010-13-01 08:26:00;1;;' },
  { what: 'a time of another form', row: '536365;7;;1;1/12/2010 8:26;1;;' },
]) {
  test(`a row with ${what} is refused`, () => {
    assert.throws(() => line(row), RowError);
  });
}

test('views, carts and purchases of a clickstream become views, reservations and orders', () => {
  const event = (kind: string) =>
    rees46.toEvent(['2022-10-01 00:00:00 UTC', kind, '5773203', '2.62', '463240011', 's1'], context)
      .event;

  assert.equal(event('view').type, 'product.viewed');
  assert.equal(event('cart').type, 'reservation.created');
  assert.equal(event('remove_from_cart').type, 'reservation.cancelled');
  const order = event('purchase');
  assert.deepEqual(
    order.type === 'order.created' && [order.orderId, order.quantity, order.unitPrice],
    ['s1', 1, 262],
  );
  for (const kind of ['view', 'cart', 'remove_from_cart', 'purchase']) checkEvent(event(kind));
  assert.throws(() => event('wish'), RowError);
});

test('times of a file are the wall clock of the zone that is said', () => {
  const london = instantsIn('Europe/London');
  assert.equal(london('2011-07-01 12:00:00'), Date.parse('2011-07-01T11:00:00Z'));
  assert.equal(london('2011-01-01 12:00:00'), Date.parse('2011-01-01T12:00:00Z'));
  // On the day the clocks change, before and after.
  assert.equal(london('2011-03-27 00:30:00'), Date.parse('2011-03-27T00:30:00Z'));
  assert.equal(london('2011-03-27 10:00:00'), Date.parse('2011-03-27T09:00:00Z'));
  assert.equal(instantsIn('UTC')('2011-07-01 12:00:00'), Date.parse('2011-07-01T12:00:00Z'));
});

test('a file is known by its header, compressed or not, and may have quotes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'replay-'));
  const row = '536365,7,"a ""b"", c",1,2010-12-01 08:26:00,1,,UK';
  const text = `${onlineRetail.columns.join(',')}\n${row}\n`;
  await writeFile(join(directory, 'a.csv'), text);
  await writeFile(join(directory, 'a.csv.gz'), gzipSync(text));
  await writeFile(join(directory, 'b.csv'), 'a,b,c\n1,2,3\n');

  for (const name of ['a.csv', 'a.csv.gz']) {
    const file = await openSourceFile(join(directory, name));
    assert.equal(file.format.name, 'online-retail');
    const rows = await Array.fromAsync(file.rows());
    assert.deepEqual(
      rows.map(([, , description]) => description),
      ['a "b", c'],
    );
  }
  await assert.rejects(openSourceFile(join(directory, 'b.csv')), UnknownFormatError);
  await assert.rejects(openSourceFile(join(directory, 'none.csv')), { code: 'ENOENT' });
  await rm(directory, { recursive: true });
});

test('an hour of the past takes its part of an hour, and long pauses can be cut', () => {
  const clock = { nowMs: () => 1_000_000, after: () => () => {} };
  const hourMs = 3_600_000;
  const fast = new Pace({ speed: 3_600 }, clock);
  assert.deepEqual(
    [0, hourMs, hourMs, 2 * hourMs].map((at) => fast.waitMs(at)),
    [0, 1_000, 1_000, 2_000],
  );

  const cut = new Pace({ speed: 1, maxGapMs: 60_000 }, clock);
  assert.deepEqual(
    [0, 30_000, hourMs].map((at) => cut.waitMs(at)),
    [0, 30_000, 90_000],
  );

  const max = new Pace({ speed: 'max' }, clock);
  assert.deepEqual(
    [0, hourMs].map((at) => max.waitMs(at)),
    [0, 0],
  );
});

test('speeds are read as people write them, and nothing else', () => {
  assert.deepEqual(['1000x', '0.5', 'max'].map(speed), [1_000, 0.5, 'max']);
  for (const wrong of ['', '0x', '-1', 'fast']) assert.throws(() => speed(wrong));
});
