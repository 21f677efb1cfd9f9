// Counts an Online Retail file by hand and prints what a replay of it must come to.
//
//   node recount.mjs FILE.csv.gz > FILE.expected.json
//
// Shares no code with the shop: its own CSV, its own days, plain maps.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [path = ''] = process.argv.slice(2);
const compressed = readFileSync(path);
const text = gunzipSync(compressed).toString('utf8');

function fieldsOf(line) {
  const fields = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(,|$)/g;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    const [, field, end] = match;
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === '') break;
  }
  return fields;
}

const rows = {};
const units = {};
const perProduct = { order_rows: {}, order_units: {}, cancel_rows: {}, cancel_units: {} };
const days = { UTC: {}, 'Asia/Seoul': {} };
const products = new Set();
let revenue = 0;
let total = 0;

function add(to, key, n) {
  to[key] = (to[key] ?? 0) + n;
}

for (const line of text.split('\n').slice(1)) {
  if (line === '') continue;
  const [invoice, code, , quantityText, date, price] = fieldsOf(line);
  const quantity = Number(quantityText);
  const n = Math.abs(quantity);
  const letter = { C: 'cancel', A: 'bad_debt' }[invoice[0]];
  const type = letter ?? (quantity > 0 ? 'order' : 'stock_adjust');
  total++;
  products.add(code);
  add(rows, type, 1);
  add(units, type, n);
  if (type !== 'order' && type !== 'cancel') continue;
  const paid = n * Math.round(Number(price) * 1000) * (type === 'order' ? 1 : -1);
  revenue += paid;
  add(perProduct[`${type}_rows`], code, 1);
  add(perProduct[`${type}_units`], code, n);
  // A Seoul day begins nine hours before the UTC day of the same name; there are no clock changes.
  for (const [zone, hours] of [
    ['UTC', 0],
    ['Asia/Seoul', 9],
  ]) {
    const instant = Date.parse(`${date.replace(' ', 'T')}Z`) + hours * 3_600_000;
    const day = new Date(instant).toISOString().slice(0, 10);
    days[zone][day] ??= { orders: 0, units: 0, cancels: 0, cancelUnits: 0, revenue: 0 };
    add(days[zone][day], type === 'order' ? 'orders' : 'cancels', 1);
    add(days[zone][day], type === 'order' ? 'units' : 'cancelUnits', n);
    add(days[zone][day], 'revenue', paid);
  }
}

const byCodePoint = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const top5 = Object.fromEntries(
  Object.entries(perProduct).map(([name, counts]) => {
    const sorted = Object.entries(counts).sort((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0]));
    return [name, sorted.slice(0, 5).map(([product_id, count]) => ({ product_id, count }))];
  }),
);

const expected = {
  file: basename(path),
  source: 'Daqing Chen, "Online Retail", UCI Machine Learning Repository, data set 352',
  licence: 'CC BY 4.0, https://creativecommons.org/licenses/by/4.0/',
  sha256_gz: createHash('sha256').update(compressed).digest('hex'),
  rows_total: total,
  products: products.size,
  rows_per_event_type: rows,
  units_per_event_type: units,
  revenue_thousandths: revenue,
  tie_rule: 'count descending, then product id ascending by code point',
  top5,
  days,
};
console.log(JSON.stringify(expected, null, 2));
