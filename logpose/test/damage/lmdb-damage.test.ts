import assert from 'node:assert/strict';
import { cp, readFile, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import fc from 'fast-check';
import { StoreDamagedError } from '../../src/errors/store-errors.ts';
import type { TaskEngines } from '../../src/store/store-engine.ts';
import { type LmdbOptions, lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { put } from '../contract/store-engine-contract.ts';
import { taskDirectory } from '../contract/task-directory.ts';
import { runProcess } from './run-process.ts';
import { readRows, rowCount, stores, writeVersion } from './store-rows.ts';

const seed = Number(process.env['LOGPOSE_SEED'] ?? 7);
const flipCount = Number(process.env['LOGPOSE_FLIPS'] ?? 120);

suite('stores on LMDB whose files were damaged', () => {
  let home: Awaited<ReturnType<typeof taskDirectory>>;
  let original: string;
  before(async () => {
    home = await taskDirectory();
    original = join(home.path, 'original');
    await using task = await openStores(original);
    for (const version of [1, 2, 3]) await writeVersion(task.engine('rows'), version);
  });
  after(() => home[Symbol.asyncDispose]());

  test('undamaged files give all rows', async () => {
    await using task = await openCopy();
    assert.equal(task.discarded, undefined);
    assert.deepEqual(readRows(task.engine('rows')), { right: rowCount, missing: 0, wrong: [] });
  });

  test('a deleted file comes back as empty stores, with the reason', async () => {
    await using task = await openCopy((files) => unlink(files.data));
    assert.equal(task.discarded, 'the file is gone');
    isEmpty(task);
  });

  test('a truncated file comes back as empty stores, with the reason', async () => {
    await using task = await openCopy(async ({ data }) => truncate(data, (await sizeOf(data)) / 2));
    assert.match(task.discarded ?? '', /^the file has \d+ bytes, not \d+$/);
    isEmpty(task);
  });

  test('a file without its record is not read', async () => {
    await using task = await openCopy((files) => unlink(files.record));
    assert.equal(task.discarded, 'there is no record of what the file should be');
    isEmpty(task);
  });

  test('a record that is not what was written is not believed', async () => {
    await using task = await openCopy(async ({ record }) => {
      const text = await readFile(record, 'latin1');
      await writeFile(record, text.replace('"flushes":3', '"flushes":4'));
    });
    assert.equal(task.discarded, 'there is no record of what the file should be');
  });

  test('an older copy of the file is not taken for the newer one', async () => {
    await using task = await openCopy(async ({ data, directory }) => {
      const older = join(home.path, 'older');
      await cp(data, older);
      await changeFurther(directory);
      await cp(older, data);
    });
    assert.match(task.discarded ?? '', /it has seen 3 flushes, not 5/);
    isEmpty(task);
  });

  test('an older copy of everything is what it was, with its own checkpoint', async () => {
    await using task = await openCopy(async ({ directory }) => {
      const older = join(home.path, 'older-directory');
      await cp(directory, older, { recursive: true });
      await changeFurther(directory);
      await rm(directory, { recursive: true });
      await cp(older, directory, { recursive: true });
    });
    assert.equal(task.discarded, undefined);
    assert.equal(task.engine('rows').checkpoint?.offset, 3);
    assert.deepEqual(readRows(task.engine('rows')).wrong, []);
  });

  test('after the machine stopped without a clean close nothing is trusted', async () => {
    const copied = await copy();
    const crashed = await openStores(copied.directory, { bootId: 'before' });
    await writeVersion(crashed.engine('rows'), 4);
    await crashed.close('abandoned');
    await using task = await openStores(copied.directory, { bootId: 'after' });
    assert.equal(task.discarded, 'the machine stopped before everything was on the disk');
    isEmpty(task);
  });

  test('after a clean close the next boot trusts what is there', async () => {
    const copied = await copy();
    await using task = await openStores(copied.directory, { bootId: 'another' });
    assert.equal(task.discarded, undefined);
  });

  test('a value that was changed is not read: the store is damaged, now and after', async () => {
    const copied = await copy();
    await corruptValue(copied.data, '001234 v3');
    const task = await openStores(copied.directory);
    const engine = task.engine('rows');

    assert.throws(() => engine.get(Buffer.from('001234')), StoreDamagedError);
    assert.throws(() => engine.get(Buffer.from('000001')), StoreDamagedError);
    assert.throws(() => engine.scan({}), StoreDamagedError);
    await assert.rejects(writeVersion(engine, 4), StoreDamagedError);
    await task.close('clean');

    await using again = await openStores(copied.directory);
    assert.equal(again.discarded, 'there is no record of what the file should be');
    isEmpty(again);
  });

  test('a scan that comes upon a changed value ends with the damage', async () => {
    const copied = await copy();
    await corruptValue(copied.data, '001234 v3');
    await using task = await openStores(copied.directory, {}, 'abandoned');
    assert.throws(() => [...task.engine('rows').scan({})], StoreDamagedError);
  });

  test('two openings in a row that were killed early cost one rebuild and no more', async () => {
    const { directory } = await copy();
    for (const _time of [1, 2]) {
      const killed = await runProcess(['open', directory]);
      assert.equal(killed.signal, 'SIGKILL');
    }
    {
      await using third = await openStores(directory, {}, 'abandoned');
      assert.equal(third.discarded, '2 openings in a row ended early');
      isEmpty(third);
      await third.engine('rows').apply([put('ada', '1')], checkpoint);
    }
    await using fourth = await openStores(directory);
    assert.equal(fourth.discarded, undefined);
    assert.equal(fourth.engine('rows').entries, 1);
  });

  test('an opening that has lived for openingGraceMs does not count', async () => {
    const { directory } = await copy();
    for (const _time of [1, 2, 3]) {
      const task = await openStores(directory, { openingGraceMs: 0 });
      assert.equal(task.discarded, undefined);
      await until(async () => (await sizeOf(join(directory, 'lmdb', 'opening'))) < 0);
      await task.close('abandoned');
    }
  });

  test('a process killed while it flushes leaves a whole flush and its checkpoint', async () => {
    const { directory } = await copy();
    for (let round = 0; round < 4; round++) {
      const from = 4 + round * 100;
      const killed = await runProcess(['write', directory, String(from), String(from + 99)], {
        // The next flush is on its way when the line about this one arrives.
        onLine: (line, kill) => line === from + round * 3 && kill(),
      });
      assert.equal(killed.signal, 'SIGKILL', killed.errors);
      await using task = await openStores(directory);
      const found = readRows(task.engine('rows'));
      assert.equal(task.discarded, undefined);
      assert.deepEqual(found, { right: rowCount, missing: 0, wrong: [] });
      assert.ok((task.engine('rows').checkpoint?.offset ?? 0) >= from + round * 3);
    }
  });

  test(`a flipped byte gives no wrong value and no crash for ever (seed ${seed})`, async () => {
    const { directory, data } = await copy();
    const copied = join(home.path, 'flipped');
    let flips = flipsIn(await sizeOf(data));
    const outcomes = new Map<string, number>();
    while (flips.length > 0) {
      const ended = await runProcess(['flip', copied, directory, JSON.stringify(flips)], {
        deadlineMs: 120_000,
      });
      const results = ended.lines.filter((line) => isResult(line));
      for (const result of results) count(outcomes, result);
      flips = flips.slice(results.length);
      if (flips.length === 0) break;
      assert.notEqual(ended.signal, null, ended.errors);
      await endsWithARebuild(copied, JSON.stringify(flips[0]));
      outcomes.set('crashed', (outcomes.get('crashed') ?? 0) + 1);
      flips = flips.slice(1);
    }
    console.log(`${flipCount} flipped bytes: ${JSON.stringify(Object.fromEntries(outcomes))}`);
  });

  const checkpoint = { topicId: 'rows', leaderEpoch: 0, offset: 9, flushedAtMs: 0 };
  let copies = 0;

  interface Files {
    readonly directory: string;
    readonly data: string;
    readonly record: string;
  }

  async function copy(): Promise<Files> {
    const directory = join(home.path, `copy-${copies++}`);
    await cp(original, directory, { recursive: true });
    const path = (name: string) => join(directory, 'lmdb', name);
    return { directory, data: path('data.mdb'), record: path('flushed') };
  }

  async function openCopy(damage?: (files: Files) => Promise<void>) {
    const files = await copy();
    await damage?.(files);
    return await openStores(files.directory);
  }

  async function changeFurther(directory: string): Promise<void> {
    await using task = await openStores(directory);
    for (const version of [4, 5]) await writeVersion(task.engine('rows'), version);
  }
});

async function openStores(
  directory: string,
  options: LmdbOptions = {},
  how: 'clean' | 'abandoned' = 'clean',
): Promise<TaskEngines & AsyncDisposable> {
  const task = await lmdbStores(options).open({ directory, stores });
  return {
    engine: (store) => task.engine(store),
    discarded: task.discarded,
    discard: (store) => task.discard(store),
    close: (as) => task.close(as),
    [Symbol.asyncDispose]: () => task.close(how),
  };
}

function isEmpty(task: TaskEngines): void {
  assert.equal(task.engine('rows').checkpoint, undefined);
  assert.equal(readRows(task.engine('rows')).missing, rowCount);
}

/** −1: there is none. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? -1;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, 'the condition holds in time');
  }
}

/** Changes the letter of the version in each place where the text stands. */
async function corruptValue(path: string, text: string): Promise<void> {
  const bytes = await readFile(path);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes[at + 7] = 87;
  await writeFile(path, bytes);
}

/** Half of them anywhere, the others in the first pages and at the beginnings of pages. */
function flipsIn(size: number): { at: number; mask: number }[] {
  const pages = Math.floor(size / 4096) - 1;
  const anywhere = fc.integer({ min: 0, max: size - 1 });
  const inMeta = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 160 }));
  const inHeads = fc.tuple(fc.integer({ min: 2, max: pages }), fc.integer({ min: 0, max: 63 }));
  const inPage = fc.oneof(inMeta, inHeads).map(([page, offset]) => page * 4096 + offset);
  const flip = fc.record({
    at: fc.oneof(anywhere, inPage),
    mask: fc.integer({ min: 1, max: 255 }),
  });
  return fc.sample(flip, { seed, numRuns: flipCount });
}

function isResult(
  line: unknown,
): line is { wrong: string[]; discarded?: string; damaged?: string } {
  return typeof line === 'object' && line !== null && 'wrong' in line;
}

function count(outcomes: Map<string, number>, result: unknown): void {
  assert.ok(isResult(result));
  assert.deepEqual(result.wrong, []);
  const missing = 'missing' in result && result.missing !== 0;
  const kept = missing ? 'rows missing' : 'not noticed';
  const outcome =
    result.damaged !== undefined ? 'damaged' : result.discarded !== undefined ? 'discarded' : kept;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

/** What killed the process may do so once more; the next opening is a new beginning. */
async function endsWithARebuild(directory: string, flip: string): Promise<void> {
  const ends: unknown[] = [];
  for (let opening = 2; opening <= 3; opening++) {
    const { lines, signal } = await runProcess(['read', directory]);
    if (signal === null) return noneIsWrong(lines, flip);
    ends.push(signal);
  }
  assert.fail(`three openings in a row crashed after the flip ${flip}: ${ends.join(', ')}`);
}

function noneIsWrong(lines: readonly unknown[], flip: string): void {
  for (const line of lines) if (isResult(line)) assert.deepEqual(line.wrong, [], flip);
}
