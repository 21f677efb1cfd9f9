import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ProcessError } from '../../src/errors/record-errors.ts';
import type { DeclaredStores, OpenStores } from '../../src/operators/processor-definition.ts';
import { topic } from '../../src/record/topic.ts';
import { serde } from '../../src/serde/from-functions.ts';
import { json } from '../../src/serde/json.ts';
import { utf8 } from '../../src/serde/primitives.ts';
import type { Serde } from '../../src/serde/serde.ts';
import {
  keyValueStore,
  timestampedKeyValueStore,
  windowStore,
} from '../../src/store/store-definition.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { TaskRig } from './task-rig.ts';

interface Basket {
  readonly skus: string[];
}

const steps = topic('steps', { key: utf8, value: utf8 });
const out = topic('out', { key: utf8, value: utf8 });

const plain = json((value): Basket => {
  if (typeof value === 'object' && value !== null && 'skus' in value && Array.isArray(value.skus)) {
    return { skus: value.skus.map(String) };
  }
  throw new TypeError('not a basket');
});
/** The same values for a serde of which nothing is known. */
const opaque = serde<Basket>({
  encode: ({ skus }) => Buffer.from(skus.join(' ')),
  decode: (bytes) => ({ skus: Buffer.from(bytes).toString().split(' ') }),
});

/** The one row of a store that a processor uses. */
interface Row {
  get(): Basket | undefined;
  put(basket: Basket): void;
}

/** A processor for each kind of store that does with one row what its records say. */
const kinds: Readonly<Record<string, (value: Serde<Basket>) => Topology>> = {
  'key-value': (value) => {
    const baskets = keyValueStore({ name: 'baskets', key: utf8, value });
    return processing(
      ({ stores: { baskets: store } }) => ({
        get: () => store.get('row'),
        put: (basket) => store.put('row', basket),
      }),
      { baskets },
    );
  },
  'timestamped-key-value': (value) => {
    const baskets = timestampedKeyValueStore({ name: 'baskets', key: utf8, value });
    return processing(
      ({ stores: { baskets: store } }) => ({
        get: () => store.get('row')?.value,
        put: (basket) => store.put('row', { value: basket, timestamp: 1 }),
      }),
      { baskets },
    );
  },
  window: (value) => {
    const sizes = { windowSizeMs: 10, retentionMs: 100 };
    const baskets = windowStore({ name: 'baskets', key: utf8, value, ...sizes });
    return processing(
      ({ stores: { baskets: store } }) => ({
        get: () => store.get('row', 10),
        put: (basket) => store.put('row', basket, 10),
      }),
      { baskets },
    );
  },
};

suite('a value in state', () => {
  for (const [kind, topologyOf] of Object.entries(kinds)) {
    for (const [holds, value] of Object.entries({ plain, opaque })) {
      test(`is not changed by who put it or got it: ${kind}, ${holds}`, () => {
        const scripts = [
          ['put tea', 'mutate-put cup', 'read'],
          ['put tea', 'mutate-got cup', 'read'],
          ['put tea', 'commit', 'mutate-put cup', 'mutate-got pot', 'read'],
        ];
        for (const script of scripts) {
          const rig = new TaskRig(topologyOf(value));
          perform(rig, script);
          rig.commit();
          assert.deepEqual(valuesOf(rig), ['tea'], script.join(', '));
        }
      });

      test(`is after an abort what it was at the last commit: ${kind}, ${holds}`, () => {
        const rig = new TaskRig(topologyOf(value));
        perform(rig, ['put tea', 'commit']);
        const committed = rig.snapshot();
        perform(rig, ['mutate-got cup', 'put pot', 'mutate-put pan']);

        rig.abort();

        assert.deepEqual(rig.snapshot(), committed);
      });
    }
  }

  test('of an aggregate is not changed by an adder that mutates it: it is told so', () => {
    for (const windows of [undefined, tumbling({ sizeMs: 10, graceMs: 0 })]) {
      const builder = new StreamsBuilder();
      const grouped = builder.stream(steps).groupByKey();
      const aggregator = {
        initialize: (): Basket => ({ skus: [] }),
        add: (basket: Basket, sku: string) => {
          basket.skus.push(sku);
          return basket;
        },
      };
      const options = { name: 'baskets', value: plain };
      if (windows === undefined) grouped.aggregate(aggregator, options);
      else grouped.windowedBy(windows).aggregate(aggregator, options);
      const rig = new TaskRig(builder.build());
      rig.append(steps, 'ada', ['tea', 1]);
      rig.append(steps, 'ada', ['cup', 2]);
      rig.fetch();
      rig.task.process(1);

      assert.throws(
        () => rig.task.process(1),
        (error) => error instanceof ProcessError && error.code === 'STATE_MUTATED',
      );
    }
  });

  test('of an aggregate of opaque values may be changed: each read is a copy', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(steps)
      .groupByKey()
      .aggregate(
        {
          initialize: (): Basket => ({ skus: ['-'] }),
          add: (basket, sku) => {
            basket.skus.push(sku);
            return basket;
          },
        },
        { name: 'baskets', value: opaque },
      )
      .toStream()
      .mapValues((basket) => (basket === null ? null : basket.skus.join(' ')))
      .to(out);
    const rig = new TaskRig(builder.build());
    rig.append(steps, 'ada', ['tea', 1]);
    rig.append(steps, 'ada', ['cup', 2]);
    rig.fetch();
    rig.task.process(1);
    rig.commit();
    rig.task.process(1);
    rig.abort();
    rig.task.process(1);
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['- tea', '- tea cup']);
  });
});

function processing<S extends DeclaredStores>(
  rowOf: (context: { readonly stores: OpenStores<S> }) => Row,
  stores: S,
): Topology {
  const builder = new StreamsBuilder();
  builder
    .stream(steps)
    .process({
      stores,
      output: { key: utf8, value: utf8 },
      init: (context) => {
        const row = rowOf(context);
        let put: Basket = { skus: [] };
        return ({ key, value }) => {
          const [verb = '', sku = ''] = value.split(' ');
          if (verb === 'put') row.put((put = { skus: [sku] }));
          else if (verb === 'mutate-put') mutate(put, sku);
          else if (verb === 'mutate-got') mutate(row.get(), sku);
          else context.forward({ key, value: row.get()?.skus.join(' ') ?? 'nothing' });
        };
      },
    })
    .to(out);
  return builder.build();
}

/** A value that is frozen refuses; one that is not is no longer what state has. */
function mutate(basket: Basket | undefined, sku: string): void {
  try {
    basket?.skus.splice(0, 1, sku);
  } catch (error) {
    assert.ok(error instanceof TypeError);
  }
}

function perform(rig: TaskRig, script: readonly string[]): void {
  for (const line of script) {
    if (line === 'commit') {
      rig.commit();
      continue;
    }
    rig.append(steps, 'ada', [line, 15]);
    rig.fetch();
    rig.task.process(1);
  }
}

function valuesOf(rig: TaskRig): string[] {
  return rig.topic('out').map(({ value }) => Buffer.from(value ?? []).toString());
}
