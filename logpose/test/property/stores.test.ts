import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { compareBytes } from '../../src/base/bytes.ts';
import { decodeBytes, encodeToBytes } from '../../src/serde/encoded.ts';
import { json } from '../../src/serde/json.ts';
import { list } from '../../src/serde/list.ts';
import {
  bigint64,
  boolean,
  bytes,
  float64,
  int32,
  int64,
  utf8,
  uuid,
} from '../../src/serde/primitives.ts';
import type { Serde } from '../../src/serde/serde.ts';
import { timestampedKeyValueStore } from '../../src/store/store-definition.ts';
import type { StoreEngineFactory } from '../../src/store/store-engine.ts';
import { lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { memoryStores } from '../../src/store-memory/memory-stores.ts';
import { fromHex, hex } from '../bytes.ts';
import { rigOf } from '../contract/store-case.ts';
import { taskDirectory } from '../contract/task-directory.ts';

const seed = Number(process.env['LOGPOSE_SEED'] ?? 20);

/** Serdes of keys with keys whose bytes are equal, next to each other or not what they seem. */
const keySerdes = {
  utf8: keysOf(utf8, fc.string({ unit: 'grapheme', maxLength: 3 }), ['', 'a', 'ab', '\u{10000}']),
  int32: keysOf(int32, fc.integer({ min: -3, max: 3 }), [0, -0, -(2 ** 31), 2 ** 31 - 1]),
  int64: keysOf(int64, fc.maxSafeInteger(), [0, -0, -1, 2 ** 32, -(2 ** 32), 1]),
  bigint64: keysOf(bigint64, fc.bigInt({ min: -4n, max: 4n }), [2n ** 63n - 1n, -(2n ** 63n)]),
  float64: keysOf(float64, fc.double(), [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1.5]),
  boolean: keysOf(boolean, fc.boolean(), [true]),
  uuid: keysOf(uuid, fc.uuid(), ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'].flatMap(bothCases)),
  bytes: keysOf<Uint8Array>(bytes, fc.uint8Array({ maxLength: 2 }), [new Uint8Array([255, 255])]),
  json: keysOf<Known>(json(known), fc.jsonValue({ maxDepth: 1 }).filter(isKnown), [
    -0,
    0,
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ]),
  list: keysOf<readonly string[]>(list(utf8), fc.array(fc.string({ maxLength: 2 })), [[], ['']]),
};

for (const factory of [memoryStores, lmdbStores()]) {
  suite(`a store on ${factory.name} equals a sorted map of encoded keys`, () => {
    for (const [name, run] of Object.entries(keySerdes)) {
      test(`with keys of ${name} (seed ${seed})`, { timeout: 120_000 }, () => run(factory));
    }
  });
}

type Step<K> =
  | { readonly step: 'put'; readonly key: K; readonly value: number; readonly timestamp: number }
  | { readonly step: 'delete' | 'get'; readonly key: K }
  | {
      readonly step: 'range';
      readonly from: K;
      readonly to: K;
      readonly reverse: boolean;
      readonly limit: number;
    }
  | { readonly step: 'prefix'; readonly key: K; readonly length: number }
  | { readonly step: 'seal' | 'settle' | 'rollback' | 'flush' | 'reopen' };

/** A row as the oracle has it; undefined: deleted. */
type Cell = { readonly value: number; readonly timestamp: number } | undefined;
type Rows = ReadonlyMap<string, Cell>;

/** The levels as plain maps by the hexadecimal digits of encoded keys. */
class Oracle {
  filling = new Map<string, Cell>();
  committing: Map<string, Cell> | undefined = undefined;
  committed = new Map<string, Cell>();
  flushed = new Map<string, Cell>();

  current(): Rows {
    return new Map([...this.committed, ...(this.committing ?? []), ...this.filling]);
  }

  seal(): void {
    this.committing = this.filling;
    this.filling = new Map();
  }

  settle(): void {
    for (const [key, cell] of this.committing ?? []) this.committed.set(key, cell);
    this.committing = undefined;
  }

  rollback(): void {
    this.filling = new Map();
    this.committing = undefined;
  }

  flush(): void {
    this.flushed = new Map(this.committed);
  }

  reopen(): void {
    this.rollback();
    this.committed = new Map(this.flushed);
  }
}

function keysOf<K extends {}>(serde: Serde<K>, some: fc.Arbitrary<K>, special: readonly K[]) {
  const key = fc.oneof(fc.constantFrom(...special), some);
  const value = fc.integer({ min: -5, max: 5 });
  const timestamp = fc.maxSafeInteger();
  const step: fc.Arbitrary<Step<K>> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ step: fc.constant('put' as const), key, value, timestamp }),
    },
    { weight: 5, arbitrary: fc.record({ step: fc.constantFrom('delete', 'get'), key }) },
    {
      weight: 3,
      arbitrary: fc.record({
        step: fc.constant('range' as const),
        from: key,
        to: key,
        reverse: fc.boolean(),
        limit: fc.oneof(fc.constant(1000), fc.nat({ max: 4 })),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        step: fc.constant('prefix' as const),
        key,
        length: fc.integer({ min: 0, max: 3 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        step: fc.constantFrom('seal', 'settle', 'rollback', 'flush', 'reopen'),
      }),
    },
  );
  return async (factory: StoreEngineFactory): Promise<void> => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), (steps) =>
      compare(serde, factory, steps),
    );
    await fc.assert(property, { seed, numRuns: factory.kept === 'disk' ? 12 : 60 });
  };
}

async function compare<K extends {}>(
  serde: Serde<K>,
  factory: StoreEngineFactory,
  steps: readonly Step<K>[],
): Promise<void> {
  await using directory = await taskDirectory();
  const own = factory.kept === 'disk' ? directory.path : undefined;
  const open = () => factory.open({ directory: own, stores: ['rows'] });
  const handle = timestampedKeyValueStore({ name: 'rows', key: serde, value: int32 });
  let task = await open();
  let rig = rigOf(handle, task);
  const oracle = new Oracle();
  const id = (key: K) => hex(encodeToBytes(serde, key));
  const shown = (rows: Iterable<[K, Cell]>) => [...rows].map(([key, cell]) => [id(key), cell]);
  for (const now of steps) {
    switch (now.step) {
      case 'put': {
        const { value, timestamp } = now;
        rig.writable.put(now.key, { value, timestamp });
        oracle.filling.set(id(now.key), { value, timestamp });
        break;
      }
      case 'delete':
        rig.writable.delete(now.key);
        oracle.filling.set(id(now.key), undefined);
        break;
      case 'get':
        assert.deepEqual(rig.writable.get(now.key), oracle.current().get(id(now.key)));
        assert.deepEqual(rig.committed.get(now.key), oracle.committed.get(id(now.key)));
        break;
      case 'range': {
        const { from, to, reverse, limit } = now;
        const bounds = { gte: from, lt: to, reverse, limit };
        const within = (key: string) => key >= id(from) && key < id(to);
        const range = (rows: Rows) => sorted(rows, within, reverse).slice(0, limit);
        assert.deepEqual(shown(rig.writable.range(bounds)), range(oracle.current()));
        assert.deepEqual(shown(rig.committed.range(bounds)), range(oracle.committed));
        break;
      }
      case 'prefix': {
        const prefix = fromHex(id(now.key)).subarray(0, now.length);
        const expected = sorted(oracle.current(), (key) => key.startsWith(hex(prefix)), false);
        assert.deepEqual(shown(rig.writable.prefix(prefix)), expected);
        break;
      }
      case 'seal':
        if (oracle.committing !== undefined) break;
        rig.seal();
        oracle.seal();
        break;
      case 'settle':
        rig.store.settle();
        oracle.settle();
        break;
      case 'rollback':
        rig.store.rollback();
        oracle.rollback();
        break;
      case 'flush':
        await rig.flush();
        oracle.flush();
        break;
      case 'reopen':
        if (factory.kept === 'memory') break;
        await task.close('clean');
        task = await open();
        rig = rigOf(handle, task);
        oracle.reopen();
        break;
    }
  }
  const all = () => true;
  assert.deepEqual(shown(rig.writable.range()), sorted(oracle.current(), all, false));
  assert.deepEqual(shown(rig.committed.range()), sorted(oracle.committed, all, false));
  for (const [key] of rig.writable.range()) {
    assert.deepEqual(key, decodeBytes(serde, fromHex(id(key))), 'a key is shown as its bytes say');
  }
  await task.close('clean');
}

function sorted(rows: Rows, within: (key: string) => boolean, reverse: boolean): unknown[] {
  const found = [...rows]
    .filter(([key, cell]) => cell !== undefined && within(key))
    .sort(([left], [right]) => compareBytes(fromHex(left), fromHex(right)));
  return reverse ? found.reverse() : found;
}

type Known = NonNullable<unknown>;

function known(value: unknown): Known {
  assert.ok(isKnown(value));
  return value;
}

function isKnown(value: unknown): value is Known {
  return value !== null && value !== undefined;
}

function bothCases(text: string): string[] {
  return [text, text.toLowerCase()];
}
