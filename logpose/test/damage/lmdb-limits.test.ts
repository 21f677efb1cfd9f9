import assert from 'node:assert/strict';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type Surroundings, system, type Timers } from '../../src/base/clock.ts';
import { StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { checkpointAt, put, textOf } from '../contract/store-engine-contract.ts';
import { taskDirectory } from '../contract/task-directory.ts';
import { runProcess } from './run-process.ts';
import { rowCount } from './store-rows.ts';

const posix = process.platform === 'win32' ? 'needs the limits of a POSIX shell' : false;
const root = process.getuid?.() === 0;

suite('the limits of stores on LMDB', () => {
  test('a full disk refuses a flush, loses nothing and takes it when there is room', {
    skip: posix,
  }, async () => {
    await using directory = await taskDirectory();
    // No file may be larger than that many blocks of 512 bytes; the signal would end the process.
    const shell = `trap '' XFSZ; ulimit -f 4000; exec "$0" "$@"`;
    const ended = await runProcess(['fill', directory.path], { shell });

    assert.equal(ended.code, 0, ended.errors);
    const [refused, found] = ended.lines;
    assert.ok(typeof refused === 'object' && refused !== null && 'refused' in refused);
    assert.equal(refused.refused, 'StoreUnavailableError');
    assert.deepEqual(found, { right: rowCount, missing: 0, wrong: [] });
  });

  test('a directory that may not be written is refused with its name', {
    skip: posix,
  }, async () => {
    await using directory = await taskDirectory();
    const locked = join(directory.path, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o555);
    await chmod(directory.path, 0o755);
    await (await lmdbStores().open({ directory: directory.path, stores: ['rows'] })).close('clean');

    // The administrator may write anywhere, so he steps down for a moment.
    if (root) process.seteuid?.(65_534);
    try {
      await assert.rejects(
        lmdbStores().open({ directory: locked, stores: ['rows'] }),
        (error) =>
          error instanceof StoreUnavailableError &&
          /locked cannot be opened: EACCES/.test(error.message),
      );
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  test('a scan keeps what it sees for maxScanMs, once there are writes', async () => {
    await using directory = await taskDirectory();
    let nowMs = 0;
    const surroundings: Surroundings = { ...system, nowMs: () => nowMs };
    const factory = lmdbStores({ surroundings, maxScanMs: 1000 });
    const task = await factory.open({ directory: directory.path, stores: ['rows'] });
    const engine = task.engine('rows');
    await engine.apply([put('ada', '1'), put('bob', '1')], checkpointAt(1));

    const old = engine.scan({});
    old.next();
    nowMs = 1500;
    const young = engine.scan({});
    await engine.apply([put('ada', '2')], checkpointAt(2));

    assert.throws(() => old.next(), /a scan was ended: it took more than 1000 ms/);
    assert.equal(Buffer.from(young.next().value?.value ?? []).toString(), '1');
    await task.close('clean');
  });

  test('a write that does not end in time is given up, and so are those behind it', async () => {
    await using directory = await taskDirectory();
    const writeTimers: Timers = {
      after: (_delayMs, run) => {
        queueMicrotask(run);
        return () => undefined;
      },
    };
    const factory = lmdbStores({ writeTimers, maxWriteMs: 5 });
    const task = await factory.open({ directory: directory.path, stores: ['rows'] });
    const engine = task.engine('rows');

    const late = engine.apply([put('ada', '1')], checkpointAt(1));
    await assert.rejects(late, /the write did not end within 5 ms/);
    await assert.rejects(engine.apply([], checkpointAt(2)), StoreUnavailableError);
    assert.equal(engine.checkpoint, undefined);
    await task.close('clean');
  });

  test('the file grows with the rows, in steps that readers do not notice', async () => {
    await using directory = await taskDirectory();
    const task = await lmdbStores().open({ directory: directory.path, stores: ['rows'] });
    const engine = task.engine('rows');
    await engine.apply([put('ada', 'first')], checkpointAt(0));
    const scan = engine.scan({});
    for (let flush = 1; flush <= 20; flush++) {
      const writes = Array.from({ length: 20 }, (_, row) => ({
        key: Buffer.from(`${flush}-${row}`),
        value: Buffer.alloc(100_000, flush),
      }));
      await engine.apply(writes, checkpointAt(flush));
      assert.equal(textOf(engine, 'ada'), 'first');
    }
    assert.equal(engine.entries, 401);
    assert.deepEqual(
      [...scan].map(({ key }) => Buffer.from(key).toString()),
      ['ada'],
    );
    await task.close('clean');
  });
});
