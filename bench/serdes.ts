/**
 * What a serde of values costs a sum by key, from encoded input to encoded output, on one core,
 * without a log.
 *
 * Usage: npm run bench -- serdes [--record]
 */
import { int64, json, type Serde, topic, utf8 } from 'logpose';
import * as v from 'valibot';
import { must } from '../logpose/src/base/assert.ts';
import { BatchBuilder } from '../logpose/src/log/batch-builder.ts';
import { noHeaders } from '../logpose/src/record/headers.ts';
import { Task } from '../logpose/src/runtime/task/task.ts';
import { encodeToBytes } from '../logpose/src/serde/encoded.ts';
import { measured } from './kit/measured.ts';
import { type BenchRow, report } from './kit/report.ts';
import { taskSetup } from './kit/task-setup.ts';

interface Order {
  readonly product: string;
  readonly cents: number;
}

const binary: Serde<Order> = {
  encode: ({ product, cents }, to) => {
    int64.encode(cents, to);
    utf8.encode(product, to);
  },
  decode: (bytes, start, end) => ({
    cents: int64.decode(bytes, start, start + 8),
    product: utf8.decode(bytes, start + 8, end),
  }),
  holds: 'plain',
  identity: undefined,
};

const records = 2_000_000;
const recordsPerBatch = 1000;
const recordsPerCommit = 50_000;
const keys = 10_000;

report('serdes', [
  await sums('binary', binary),
  await sums('json, a function', json(parseOrder)),
  await sums('json, a valibot schema', json(v.object({ product: v.string(), cents: v.number() }))),
]);

/** Each order raises the sum of its key, and goes out as it came with the sum in it. */
async function sums(name: string, value: Serde<Order>): Promise<BenchRow> {
  const orders = topic('orders', { key: utf8, value });
  const totals = topic('totals', { key: utf8, value });
  const batches = Array.from({ length: 100 }, (_, at) => batchOf(value, at));
  const { parts, output } = taskSetup((builder) => {
    builder
      .stream(orders)
      .groupByKey()
      .reduce((sum, { product, cents }) => ({ product, cents: sum.cents + cents }), {
        name: 'sums',
        emit: 'each-change',
      })
      .toStream()
      .to(totals);
  });
  const task = Task.open(parts);
  let at = 0;
  const run = async (count: number) => {
    for (const end = at + count; at < end; ) {
      const bytes = must(batches[(at / recordsPerBatch) % batches.length], 'a batch');
      at += recordsPerBatch;
      task.add({
        topic: 'orders',
        partition: 0,
        fromOffset: 0,
        nextOffset: at,
        bytes,
        endOffset: at,
      });
      task.process(recordsPerBatch);
      if (at % recordsPerCommit > 0) continue;
      task.prepareCommit();
      for (const { batch } of output.take()) batch.build();
      task.settled();
    }
  };
  await run(300_000);
  const bytes = (records / batches.length / recordsPerBatch) * totalBytes(batches);
  return await measured({ workload: `sum by key, ${name}`, records, bytes }, () => run(records));
}

function batchOf(value: Serde<Order>, number: number): Uint8Array {
  const batch = new BatchBuilder();
  for (let at = 0; at < recordsPerBatch; at++) {
    const key = ((number * recordsPerBatch + at) * 7919) % keys;
    const keyBytes = Buffer.from(`order-${String(key).padStart(6, '0')}`);
    const valueBytes = encodeToBytes(value, { product: `compass-${key % 100}`, cents: at });
    batch.add({
      keyBytes,
      keyStart: 0,
      keyLength: keyBytes.length,
      valueBytes,
      valueStart: 0,
      valueLength: valueBytes.length,
      timestamp: 1_700_000_000_000 + at,
      headers: noHeaders,
    });
  }
  return new Uint8Array(batch.build());
}

function totalBytes(batches: readonly Uint8Array[]): number {
  return batches.reduce((sum, { length }) => sum + length, 0);
}

function parseOrder(value: unknown): Order {
  if (typeof value !== 'object' || value === null) throw new TypeError('an order is an object');
  if (!('product' in value) || typeof value.product !== 'string') throw new TypeError('product');
  if (!('cents' in value) || typeof value.cents !== 'number') throw new TypeError('cents');
  return { product: value.product, cents: value.cents };
}
