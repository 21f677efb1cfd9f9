import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { compareBytes } from '../../src/base/bytes.ts';
import type {
  ByteBounds,
  Checkpoint,
  EngineEntry,
  EngineWrite,
  StoreEngine,
  StoreEngineFactory,
  TaskEngines,
} from '../../src/store/store-engine.ts';
import { hex } from '../bytes.ts';
import { taskDirectory } from './task-directory.ts';

/** What every engine must do. Each engine's test file is one call to this. */
export function storeEngineContract(factory: StoreEngineFactory): void {
  const it = engineCase(factory);
  suite(`${factory.name} is a store engine`, () => {
    suite('reading and writing', () => readingCases(it));
    suite('scanning', () => scanningCases(it));
    suite('the stores of a task', () => taskCases(it));
    if (factory.kept === 'disk') suite('opening again', () => reopeningCases(it));
  });
}

/** What a case runs on. */
interface Opened {
  readonly engine: StoreEngine;
  readonly task: TaskEngines;
  /** Closes, and opens what that left. */
  reopen(how: 'clean' | 'abandoned'): Promise<Opened>;
}

type EngineCase = (name: string, run: (opened: Opened) => Promise<void>) => void;

function engineCase(factory: StoreEngineFactory): EngineCase {
  return (name, run) => {
    test(name, { timeout: 60_000 }, async () => {
      await using directory = await taskDirectory();
      let task: TaskEngines | undefined;
      const open = async (): Promise<Opened> => {
        const own = factory.kept === 'disk' ? directory.path : undefined;
        task = await factory.open({ directory: own, stores: ['first', 'second'] });
        return { engine: task.engine('first'), task, reopen };
      };
      const reopen = async (how: 'clean' | 'abandoned') => {
        await task?.close(how);
        return await open();
      };
      const opened = await open();
      try {
        await run(opened);
      } finally {
        await task?.close('abandoned');
      }
    });
  };
}

function readingCases(it: EngineCase): void {
  it('a new engine is empty and has no checkpoint', async ({ engine }) => {
    assert.equal(engine.entries, 0);
    assert.equal(engine.checkpoint, undefined);
    assert.equal(engine.get(bytes('ada')), undefined);
    assert.deepEqual([...engine.scan({})], []);
  });

  it('a value is readable after apply, and so is the checkpoint', async ({ engine }) => {
    await engine.apply([put('ada', 'one')], checkpointAt(7));

    assert.equal(textOf(engine, 'ada'), 'one');
    assert.deepEqual(engine.checkpoint, checkpointAt(7));
    assert.equal(engine.entries, 1);
  });

  it('a later value replaces an earlier one, and null removes it', async ({ engine }) => {
    await engine.apply([put('ada', 'one'), put('bob', 'two')], checkpointAt(1));
    await engine.apply([put('ada', 'three'), remove('bob')], checkpointAt(2));

    assert.equal(textOf(engine, 'ada'), 'three');
    assert.equal(textOf(engine, 'bob'), undefined);
    assert.equal(engine.entries, 1);
  });

  it('of two writes of one key in one apply the later holds', async ({ engine }) => {
    const writes = [put('ada', 'one'), put('ada', 'two'), put('bob', 'x'), remove('bob')];
    await engine.apply(writes, checkpointAt(1));

    assert.equal(textOf(engine, 'ada'), 'two');
    assert.equal(textOf(engine, 'bob'), undefined);
  });

  it('removing what is not there does nothing', async ({ engine }) => {
    await engine.apply([remove('ada')], checkpointAt(1));

    assert.equal(engine.entries, 0);
    assert.deepEqual(engine.checkpoint, checkpointAt(1));
  });

  it('the checkpoint may advance without any write', async ({ engine }) => {
    await engine.apply([], checkpointAt(5));
    assert.deepEqual(engine.checkpoint, checkpointAt(5));
  });

  it('the empty key, the empty value and every byte are kept', async ({ engine }) => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const writes = [
      { key: new Uint8Array(0), value: all },
      { key: all, value: new Uint8Array(0) },
      { key: Buffer.from([0]), value: Buffer.from([0]) },
      { key: Buffer.from([255]), value: Buffer.from([255]) },
    ];
    await engine.apply(writes, checkpointAt(1));

    for (const { key, value } of writes) assert.deepEqual(hexOf(engine.get(key)), hex(value));
    assert.deepEqual(keysOf(engine, {}), ['', '00', hex(all), 'ff']);
  });

  it('a large value is kept', async ({ engine }) => {
    const large = Buffer.alloc(5_000_000, 'large');
    await engine.apply([{ key: bytes('ada'), value: large }], checkpointAt(1));

    assert.equal(compareBytes(engine.get(bytes('ada')) ?? large.subarray(1), large), 0);
    assert.equal([...engine.scan({})][0]?.value.length, large.length);
  });

  it('what was read does not change with later writes and reads', async ({ engine }) => {
    await engine.apply([put('ada', 'one'), put('bob', 'two')], checkpointAt(1));
    const ada = engine.get(bytes('ada'));
    engine.get(bytes('bob'));
    await engine.apply([put('ada', 'xxx')], checkpointAt(2));

    assert.equal(hexOf(ada), hex(bytes('one')));
  });

  it('bytes handed to apply may be used again afterwards', async ({ engine }) => {
    const value = Buffer.from('one');
    const key = Buffer.from('ada');
    await engine.apply([{ key, value }], checkpointAt(1));
    value.fill('x');
    key.fill('x');

    assert.equal(textOf(engine, 'ada'), 'one');
  });

  it('a hundred thousand rows in one apply are all there', async ({ engine }) => {
    const writes = Array.from({ length: 100_000 }, (_, at) => put(`key-${at}`, `value-${at}`));
    await engine.apply(writes, checkpointAt(100_000));

    assert.equal(engine.entries, 100_000);
    assert.equal(textOf(engine, 'key-77777'), 'value-77777');
    assert.equal(count(engine.scan({})), 100_000);
  });
}

function scanningCases(it: EngineCase): void {
  it('keys come in the order of unsigned bytes, a prefix first', async ({ engine }) => {
    const keys = ['ff', '00', '7f', '80', '', '0000', '61', '6161', '6100'];
    await engine.apply(keys.map(putHex), checkpointAt(1));

    const ordered = ['', '00', '0000', '61', '6100', '6161', '7f', '80', 'ff'];
    assert.deepEqual(keysOf(engine, {}), ordered);
    assert.deepEqual(keysOf(engine, { reverse: true }), ordered.toReversed());
  });

  it('a scan takes its lower bound in and leaves its upper bound out', async ({ engine }) => {
    await engine.apply(['61', '62', '6200', '63'].map(putHex), checkpointAt(1));
    const [b, c] = [Buffer.from('b'), Buffer.from('c')];

    assert.deepEqual(keysOf(engine, { from: b, to: c }), ['62', '6200']);
    assert.deepEqual(keysOf(engine, { from: b, to: c, reverse: true }), ['6200', '62']);
    assert.deepEqual(keysOf(engine, { from: b }), ['62', '6200', '63']);
    assert.deepEqual(keysOf(engine, { to: b }), ['61']);
    assert.deepEqual(keysOf(engine, { from: b, reverse: true }), ['63', '6200', '62']);
    assert.deepEqual(keysOf(engine, { to: b, reverse: true }), ['61']);
  });

  it('bounds that hold nothing give nothing', async ({ engine }) => {
    await engine.apply(['61', '63'].map(putHex), checkpointAt(1));
    for (const reverse of [false, true]) {
      assert.deepEqual(keysOf(engine, { from: bytes('b'), to: bytes('b'), reverse }), []);
      assert.deepEqual(keysOf(engine, { from: bytes('c'), to: bytes('a'), reverse }), []);
      assert.deepEqual(keysOf(engine, { from: bytes('d'), reverse }), []);
      assert.deepEqual(keysOf(engine, { to: bytes('a'), reverse }), []);
    }
  });

  it('a scan sees the store as it was when it began', async ({ engine }) => {
    await engine.apply([put('ada', '1'), put('bob', '1'), put('eve', '1')], checkpointAt(1));
    const scan = engine.scan({});
    const first = scan.next();
    await engine.apply([put('bob', '2'), put('cid', '2'), remove('eve')], checkpointAt(2));
    const second = engine.scan({});
    await engine.apply([put('bob', '3')], checkpointAt(3));

    assert.equal(first.value && text(first.value), 'ada=1');
    assert.deepEqual([...scan].map(text), ['bob=1', 'eve=1']);
    assert.deepEqual([...second].map(text), ['ada=1', 'bob=2', 'cid=2']);
    assert.deepEqual([...engine.scan({})].map(text), ['ada=1', 'bob=3', 'cid=2']);
  });

  it('scans go on beside each other and beside reads by key', async ({ engine }) => {
    await engine.apply([put('ada', '1'), put('bob', '2')], checkpointAt(1));
    const [up, down] = [engine.scan({}), engine.scan({ reverse: true })];
    const seen: string[] = [];
    for (let step = 0; step < 2; step++) {
      for (const scan of [up, down]) {
        const { value } = scan.next();
        seen.push(value ? text(value) : 'none');
        assert.equal(textOf(engine, 'ada'), '1');
      }
    }
    assert.deepEqual(seen, ['ada=1', 'bob=2', 'bob=2', 'ada=1']);
  });

  it('a scan that is given up early, or used up, gives no more', async ({ engine }) => {
    await engine.apply([put('ada', '1'), put('bob', '2')], checkpointAt(1));
    const given = engine.scan({});
    given.next();
    given.return?.();
    const used = engine.scan({});
    assert.equal(count(used), 2);

    assert.equal(given.next().done, true);
    assert.equal(used.next().done, true);
  });

  it('any keys keep their order, also long ones that begin alike', async (opened) => {
    const { engine, task } = opened;
    const given = [fc.array(someWrite, { maxLength: 40 }), fc.array(someBounds)] as const;
    const property = fc.asyncProperty(...given, async (writes, scans) => {
      await task.discard('first');
      const rows = new Map<string, EngineWrite>();
      await engine.apply(writes, checkpointAt(1));
      for (const write of writes) {
        if (write.value === null) rows.delete(hex(write.key));
        else rows.set(hex(write.key), write);
      }

      assert.equal(engine.entries, rows.size);
      for (const some of scans) assert.deepEqual(keysOf(engine, some), expectedKeys(rows, some));
      for (const { key } of writes) {
        const held = rows.get(hex(key))?.value ?? undefined;
        assert.equal(hexOf(engine.get(key)), held && hex(held));
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });
}

function taskCases(it: EngineCase): void {
  it('each store has rows and a checkpoint of its own', async ({ task }) => {
    await task.engine('first').apply([put('ada', 'one')], checkpointAt(1));
    await task.engine('second').apply([put('ada', 'two')], checkpointAt(2));

    assert.equal(textOf(task.engine('first'), 'ada'), 'one');
    assert.equal(textOf(task.engine('second'), 'ada'), 'two');
    assert.equal(task.engine('first').checkpoint?.offset, 1);
    assert.equal(task.engine('second').checkpoint?.offset, 2);
  });

  it('stores may be written at the same time', async ({ task }) => {
    const names = ['first', 'second'];
    const rows = Array.from({ length: 2000 }, (_, at) => put(`key-${at}`, `${at}`));
    await Promise.all(names.map((name) => task.engine(name).apply(rows, checkpointAt(3))));

    for (const name of names) assert.equal(task.engine(name).entries, 2000);
  });

  it('discarding empties one store and leaves the others', async ({ task }) => {
    await task.engine('first').apply([put('ada', 'one')], checkpointAt(1));
    await task.engine('second').apply([put('ada', 'two')], checkpointAt(2));
    await task.discard('first');

    assert.equal(task.engine('first').entries, 0);
    assert.equal(task.engine('first').checkpoint, undefined);
    assert.deepEqual([...task.engine('first').scan({})], []);
    assert.equal(textOf(task.engine('second'), 'ada'), 'two');

    await task.engine('first').apply([put('ada', 'again')], checkpointAt(3));
    assert.equal(textOf(task.engine('first'), 'ada'), 'again');
  });

  it('a task closes with scans open', async ({ engine, task }) => {
    await engine.apply([put('ada', 'one'), put('bob', 'two')], checkpointAt(1));
    engine.scan({}).next();
    await task.close('clean');
  });
}

function reopeningCases(it: EngineCase): void {
  for (const how of ['clean', 'abandoned'] as const) {
    it(`rows and checkpoints are there again after a close that is ${how}`, async (opened) => {
      await opened.engine.apply([put('ada', 'one'), put('bob', 'two')], checkpointAt(1));
      await opened.engine.apply([remove('bob')], checkpointAt(2));
      const { engine, task } = await opened.reopen(how);

      assert.equal(task.discarded, undefined);
      assert.equal(textOf(engine, 'ada'), 'one');
      assert.equal(engine.entries, 1);
      assert.deepEqual(engine.checkpoint, checkpointAt(2));
      await engine.apply([put('eve', 'three')], checkpointAt(3));
      assert.deepEqual([...engine.scan({})].map(text), ['ada=one', 'eve=three']);
    });
  }

  it('an apply on its way when the task closes is there or is not', async (opened) => {
    const writes = Array.from({ length: 5000 }, (_, at) => put(`key-${at}`, `${at}`));
    const applying = opened.engine.apply(writes, checkpointAt(9)).catch(() => undefined);
    const { engine } = await opened.reopen('abandoned');
    await applying;

    assert.equal(engine.entries, engine.checkpoint === undefined ? 0 : 5000);
  });
}

/** Short keys, and keys of one letter, over and over, with some bytes behind. */
const someKey = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc
    .tuple(fc.constantFrom(1899, 1900, 1901, 1970, 5000), fc.uint8Array({ maxLength: 2 }))
    .map(([length, end]) => Buffer.concat([Buffer.alloc(length, 'k'), end])),
);

const someWrite: fc.Arbitrary<EngineWrite> = fc.record({
  key: someKey,
  value: fc.option(fc.uint8Array({ maxLength: 4 }), { freq: 4 }),
});

const someBounds: fc.Arbitrary<ByteBounds> = fc.record(
  { from: someKey, to: someKey, reverse: fc.boolean() },
  { requiredKeys: [] },
);

function expectedKeys(rows: ReadonlyMap<string, EngineWrite>, some: ByteBounds): string[] {
  const { from, to, reverse } = some;
  const keys = [...rows.values()]
    .map(({ key }) => key)
    .filter((key) => from === undefined || compareBytes(key, from) >= 0)
    .filter((key) => to === undefined || compareBytes(key, to) < 0)
    .sort(compareBytes)
    .map(shown);
  return reverse === true ? keys.reverse() : keys;
}

/** A position in a changelog. */
export function checkpointAt(offset: number): Checkpoint {
  return { topicId: 'words-changelog', leaderEpoch: 0, offset, flushedAtMs: 1000 };
}

export function put(key: string, value: string): EngineWrite {
  return { key: bytes(key), value: bytes(value) };
}

function putHex(key: string): EngineWrite {
  return { key: Buffer.from(key, 'hex'), value: bytes('x') };
}

export function remove(key: string): EngineWrite {
  return { key: bytes(key), value: null };
}

/** The value of a key, as text. */
export function textOf(engine: StoreEngine, key: string): string | undefined {
  const value = engine.get(bytes(key));
  return value && Buffer.from(value).toString();
}

function text({ key, value }: EngineEntry): string {
  return `${Buffer.from(key)}=${Buffer.from(value)}`;
}

function keysOf(engine: StoreEngine, some: ByteBounds): string[] {
  return [...engine.scan(some)].map(({ key }) => shown(key));
}

/** In hexadecimal digits; the letter of long keys is counted. */
function shown(key: Uint8Array): string {
  return hex(key).replace(/(6b){9,}/, (letters) => `k×${letters.length / 2}`);
}

function count(entries: Iterable<EngineEntry>): number {
  let found = 0;
  for (const _entry of entries) found++;
  return found;
}

function hexOf(value: Uint8Array | undefined): string | undefined {
  return value && hex(value);
}

function bytes(value: string): Uint8Array {
  return Buffer.from(value);
}
