import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { topic } from '../../src/record/topic.ts';
import { json } from '../../src/serde/json.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { windowed } from '../../src/serde/windowed.ts';
import { keyValueStore, windowStore } from '../../src/store/store-definition.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { hopping, tumbling } from '../../src/window/fixed-windows.ts';
import type { TaskRig } from './task-rig.ts';

interface Order {
  readonly sku: string;
  readonly pieces: number;
}

export const orders = topic('orders', { key: utf8, value: json(parseOrder) });
const customers = topic('customers', { key: utf8, value: utf8 });
const texts = topic('texts', { key: utf8, value: utf8 });
export const numbers = topic('numbers', { key: utf8, value: int64 });
/** Every operator, in the smallest topology that shows what it keeps and sends. */
const descriptions: Readonly<Record<string, (builder: StreamsBuilder) => void>> = {
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

/** The topologies by what they show. */
export function everyTopology(): readonly (readonly [name: string, topology: Topology])[] {
  return Object.entries(descriptions).map(([name, describe]) => {
    const builder = new StreamsBuilder();
    describe(builder);
    return [name, builder.build()];
  });
}

/** Sixteen orders out of order, and now and then a customer. */
export function append(rig: TaskRig): void {
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
