import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { topic } from '../../src/record/topic.ts';
import { json } from '../../src/serde/json.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { windowed } from '../../src/serde/windowed.ts';
import { keyValueStore, windowStore } from '../../src/store/store-definition.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { hopping, tumbling } from '../../src/window/fixed-windows.ts';
import { TaskRig } from './task-rig.ts';

interface Order {
  readonly sku: string;
  readonly pieces: number;
}

const orders = topic('orders', { key: utf8, value: json(parseOrder) });
const customers = topic('customers', { key: utf8, value: utf8 });
const texts = topic('texts', { key: utf8, value: utf8 });
const numbers = topic('numbers', { key: utf8, value: int64 });
const commitEvery = 4;

/** Every operator, in the smallest topology that shows what it keeps and sends. */
const topologies: Readonly<Record<string, (builder: StreamsBuilder) => void>> = {
  'stateless operators': (builder) => {
    const { big, rest } = builder
      .stream(orders)
      .filter(({ pieces }) => pieces > 0)
      .filterNot(({ sku }) => sku === 'none')
      .peek(() => undefined)
      .split()
      .branch('big', ({ pieces }) => pieces > 5)
      .defaultBranch('rest');
    big
      .merge(rest)
      .flatMapValues(({ sku, pieces }) => [sku, `${pieces}`])
      .map((text, key) => [`${key}!`, text])
      .selectKey((text) => text)
      .mapValues((text) => text.toUpperCase())
      .to(texts);
  },
  'repartition and count': (builder) => {
    builder
      .stream(orders)
      .groupBy(({ sku }) => sku, { name: 'by-sku', key: utf8 })
      .count({ name: 'counts' })
      .toStream()
      .to(numbers);
  },
  'aggregate that deletes': (builder) => {
    builder
      .stream(orders)
      .groupByKey()
      .aggregate(
        {
          initialize: () => 0,
          add: (sum, { pieces }) => (sum + pieces > 12 ? null : sum + pieces),
        },
        { name: 'sums', value: int64 },
      )
      .toStream()
      .to(numbers);
  },
  'reduce of values with parts': (builder) => {
    builder
      .stream(orders)
      .groupByKey()
      .reduce((sum, order) => ({ sku: order.sku, pieces: sum.pieces + order.pieces }), {
        name: 'sums',
      })
      .toStream()
      .mapValues((order) => order && `${order.pieces} ${order.sku}`)
      .to(texts);
  },
  'tumbling windows with late records': (builder) => {
    const windows = tumbling({ sizeMs: 10, graceMs: 0 });
    builder
      .stream(orders)
      .groupByKey()
      .windowedBy(windows)
      .count({ name: 'windows' })
      .toStream()
      .to(topic('windowed', { key: windowed(utf8, windows), value: int64 }));
  },
  'hopping windows': (builder) => {
    const windows = hopping({ sizeMs: 20, advanceMs: 10, graceMs: 5 });
    builder
      .stream(orders)
      .groupByKey()
      .windowedBy(windows)
      .aggregate(
        { initialize: () => '', add: (skus, { sku }) => `${skus}${sku} ` },
        { name: 'windows', value: utf8 },
      )
      .toStream()
      .to(topic('windowed', { key: windowed(utf8, windows), value: utf8 }));
  },
  'table operators': (builder) => {
    builder
      .table(orders, { name: 'orders' })
      .filter(({ pieces }) => pieces % 2 === 0)
      .mapValues(({ sku }) => sku)
      .materialize({ name: 'skus', value: utf8 })
      .toStream()
      .to(texts);
  },
  'table aggregate': (builder) => {
    builder
      .table(orders, { name: 'orders' })
      .groupBy(({ sku, pieces }) => [sku, pieces], { name: 'by-sku', key: utf8, value: int64 })
      .aggregate(
        {
          initialize: () => 0,
          add: (sum, pieces) => sum + pieces,
          subtract: (sum, pieces) => sum - pieces,
        },
        { name: 'pieces', value: int64 },
      )
      .toStream()
      .to(numbers);
  },
  'stream-table join': (builder) => {
    const names = builder.table(customers, { name: 'names' });
    builder
      .stream(orders)
      .leftJoin(names, ({ sku }, name) => `${name ?? 'nobody'} ${sku}`)
      .to(texts);
  },
  'processor with stores and a stream-time punctuator': (builder) => {
    const last = keyValueStore({ name: 'last', key: utf8, value: json(parseOrder) });
    const seen = windowStore({
      name: 'seen',
      key: utf8,
      value: int64,
      windowSizeMs: 10,
      retentionMs: 40,
    });
    builder
      .stream(orders)
      .process({
        stores: { last, seen },
        output: { key: utf8, value: utf8 },
        init: ({ stores, forward, punctuate }) => {
          punctuate({ everyMs: 15, time: 'stream' }, (nowMs) => {
            for (const [key, order] of stores.last.range()) {
              forward({ key, value: `${nowMs} ${order.sku}` });
              stores.last.delete(key);
            }
          });
          return ({ key, value, timestamp }) => {
            stores.last.put(key, value);
            stores.seen.put(key, value.pieces, timestamp - (timestamp % 10));
          };
        },
      })
      .to(texts);
  },
};

suite('an abort leaves no trace', () => {
  for (const [name, describe] of Object.entries(topologies)) {
    for (const emit of ['each-commit', 'each-change'] as const) {
      test(`${name}, ${emit}: aborted at any record and at any prepared commit`, () => {
        const builder = new StreamsBuilder();
        describe(builder);
        const topology = builder.build();
        const expected = run(topology, emit).rig.snapshot();
        const { steps } = run(topology, emit);
        for (let abortAt = 0; abortAt <= steps; abortAt++) {
          const { rig } = run(topology, emit, abortAt);
          assert.deepEqual(rig.snapshot(), expected, `aborted at step ${abortAt}`);
        }
      });
    }
  }

  test('an abort drops both the transaction that commits and the one that fills', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(orders)
      .groupByKey()
      .count({ name: 'counts', emit: 'each-change' })
      .toStream()
      .to(numbers);
    const rig = new TaskRig(builder.build());
    append(rig);
    rig.fetch();
    rig.task.process(4);
    rig.commit();
    const before = rig.snapshot();
    rig.task.process(3);
    rig.prepare();
    rig.task.process(2);

    rig.abort();

    assert.deepEqual(rig.snapshot(), before);
    assert.equal(rig.task.positions()[0]?.offset, 4);
    while (rig.task.process(5) > 0) rig.commit();
    const straight = new TaskRig(builder.build());
    append(straight);
    straight.fetch();
    while (straight.task.process(1) > 0) straight.commit();
    assert.deepEqual(rig.topic('numbers'), straight.topic('numbers'));
  });

  test('while one transaction commits, the next one reads its rows and has rows of its own', () => {
    const builder = new StreamsBuilder();
    builder.stream(orders).groupByKey().count({ name: 'counts' }).toStream().to(numbers);
    const rig = new TaskRig(builder.build());
    for (let at = 0; at < 3; at++) rig.append(orders, 'ada', [{ sku: 'tea', pieces: 1 }, at]);
    rig.fetch();
    rig.task.process(1);
    rig.prepare();
    rig.task.process(2);
    assert.equal(rig.hand.generation, 2);

    rig.settle();
    const afterFirst = rig.snapshot();
    rig.commit();

    assert.deepEqual(afterFirst['store counts'], ['"ada" = {"value":1,"timestamp":0}']);
    assert.deepEqual(rig.snapshot()['store counts'], ['"ada" = {"value":3,"timestamp":2}']);
  });
});

/** Processes everything, one record a step, with a commit every few; aborts once, at one step. */
function run(topology: Topology, emit: 'each-commit' | 'each-change', abortAt = -1) {
  const rig = new TaskRig(topology, { emit });
  append(rig);
  let steps = 0;
  let aborted = false;
  const abortsHere = () => {
    if (steps++ !== abortAt || aborted) return false;
    aborted = true;
    rig.abort();
    return true;
  };
  rig.fetch();
  for (;;) {
    let processed = 0;
    while (processed < commitEvery && rig.task.process(1) > 0) {
      processed = abortsHere() ? 0 : processed + 1;
    }
    if (processed === 0) break;
    rig.prepare();
    if (abortsHere()) continue;
    rig.settle();
    rig.fetch();
  }
  return { rig, steps };
}

function append(rig: TaskRig): void {
  const keys = ['ada', 'grace', 'alan'];
  const skus = ['tea', 'none', 'cup', 'tea'];
  // Forth, and now and then far back: every other rule about time is met.
  const times = [1, 4, 9, 12, 3, 18, 25, 23, 6, 31, 38, 36, 47, 52, 50, 70];
  times.forEach((timestamp, at) => {
    const order = { sku: skus[at % skus.length] ?? '', pieces: (at * 3) % 8 };
    rig.append(orders, keys[at % keys.length] ?? '', [order, timestamp * 10]);
    if (at % 4 === 1) rig.append(customers, keys[at % 3] ?? '', [`name ${at}`, timestamp * 10 + 1]);
    if (at % 7 === 6) rig.append(customers, keys[at % 3] ?? '', [null, timestamp * 10 + 2]);
  });
}

function parseOrder(value: unknown): Order {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an order');
  if (!('sku' in value) || typeof value.sku !== 'string') throw new TypeError('no sku');
  if (!('pieces' in value) || typeof value.pieces !== 'number') throw new TypeError('no pieces');
  return { sku: value.sku, pieces: value.pieces };
}
