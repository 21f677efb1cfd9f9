import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, suite, test } from 'node:test';
import pino from 'pino';
import { readConfig } from '../src/config.ts';
import { system } from '../src/domain/surroundings.ts';
import { explain } from '../src/ops/explain.ts';
import { openDatabase } from '../src/sql/open-database.ts';
import { openWorld, type World } from '../src/world.ts';
import { readWorldFile } from '../src/world-file.ts';

const checkProgram = new URL('../src/check/main.ts', import.meta.url).pathname;

suite('log, books and directory of a world belong together', () => {
  let dataDir: string;
  let directory: string;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'shop-one-world-'));
    directory = join(dataDir, 'default');
    for (const name of ['default', 'other']) {
      await using world = await openShopWorld(dataDir, name);
      await order(world);
    }
  });

  after(() => rm(dataDir, { recursive: true, force: true }));

  test('a world whose log was moved away is refused, and stays as it was left', async () => {
    await rename(join(directory, 'log'), join(dataDir, 'log'));

    const said = await refusal(dataDir);
    assert.match(said, /default\/log is gone, and an empty log is not this world's/);
    assert.match(said, /put all of \S+default back from a copy/);
    assert.match(said, /move the whole \S+default away to begin anew/);
    assert.equal(existsSync(join(directory, 'log')), false);
    const check = checkShop(dataDir);
    assert.deepEqual([check.status, check.stderr.includes('log is gone')], [2, true]);

    await rename(join(dataDir, 'log'), join(directory, 'log'));
    await using world = await openShopWorld(dataDir);
    assert.notEqual(await world.sql.reads.order(1), undefined);
  });

  test('a world whose books were moved away is refused, and gets no empty ones', async () => {
    await rename(join(directory, 'pglite'), join(dataDir, 'pglite'));

    assert.match(await refusal(dataDir), /default\/pglite is gone, and empty books do not fit/);
    assert.equal(existsSync(join(directory, 'pglite')), false);

    await rename(join(dataDir, 'pglite'), join(directory, 'pglite'));
  });

  test("another world's log or books are refused, by the shop and by its check", async () => {
    for (const [part, said] of [
      ['log', /the books belong to another log than the one in \S+log/],
      ['pglite', /the books belong to another log than the one in \S+log/],
    ] as const) {
      await rename(join(directory, part), join(dataDir, part));
      await cp(join(dataDir, 'other', part), join(directory, part), { recursive: true });

      assert.match(await refusal(dataDir), said);
      const check = checkShop(dataDir);
      assert.equal(check.status, 2);
      assert.match(check.stderr, said);

      await rm(join(directory, part), { recursive: true });
      await rename(join(dataDir, part), join(directory, part));
    }
  });

  test('parts that say nothing of each other are bound, if their batches agree', async () => {
    const file = join(directory, 'world.json');
    const { logId, ...rest } = Object(await readWorldFile(directory));
    await writeFile(file, JSON.stringify(rest));
    const { db, close } = await openDatabase({ directory });
    await db.deleteFrom('shop_meta').where('key', '=', 'log_id').execute();
    const batch = db.updateTable('shop_meta').where('key', '=', 'relay_batch');
    const row = db.selectFrom('shop_meta').select('value').where('key', '=', 'relay_batch');
    const before = JSON.stringify((await row.executeTakeFirst())?.value);
    await batch.set({ value: '99' }).execute();
    await close();

    assert.match(await refusal(dataDir), /the log has gone back in time/);

    const again = await openDatabase({ directory });
    const update = again.db.updateTable('shop_meta').where('key', '=', 'relay_batch');
    await update.set({ value: before }).execute();
    await again.close();
    await using world = await openShopWorld(dataDir);
    assert.equal(await world.sql.claim.logId(), logId);
    assert.equal((await readWorldFile(directory))?.logId, logId);
  });

  test('a log that is older than its books is refused at the start', async () => {
    await cp(join(directory, 'log'), join(dataDir, 'log'), { recursive: true });
    for (let n = 0; n < 2; n++) {
      await using world = await openShopWorld(dataDir);
      await order(world);
    }
    await rename(join(directory, 'log'), join(dataDir, 'newer'));
    await rename(join(dataDir, 'log'), join(directory, 'log'));

    assert.match(await refusal(dataDir), /the log has gone back in time/);

    await rm(join(directory, 'log'), { recursive: true });
    await rename(join(dataDir, 'newer'), join(directory, 'log'));
  });

  test('damaged bytes are named with their file and what to do, by the check too', async () => {
    const log = join(directory, 'log');
    const files = await readdir(log, { recursive: true });
    const journal = files.find((name) => /journal/.test(name));
    assert.ok(journal !== undefined, files.join());
    await using file = await open(join(log, journal), 'r+');
    await file.write(Buffer.alloc(16, 0xff), 0, 16, 0);

    const said = await refusal(dataDir);
    assert.match(said, /the log is damaged: .* in \S+default\/log\/\S+; nothing was changed/);
    assert.match(said, /move the whole \S+default away to begin anew/);
    const check = checkShop(dataDir);
    assert.equal(check.status, 2);
    assert.match(check.stderr, /the log is damaged: .*move the whole \S+default away/);
  });
});

function openShopWorld(dataDir: string, name = 'default'): Promise<World> {
  return openWorld({
    config: readConfig(['--data-dir', dataDir, '--world', name, '--no-driver'], {}),
    surroundings: system,
    logger: pino({ level: 'silent' }),
    onPart: () => undefined,
  });
}

/** One order, and everything of it in the log. */
async function order({ sql }: World): Promise<void> {
  const command = { kind: 'place-order', productId: 6, quantity: 1 } as const;
  const outcome = await sql.writes.submit({ command, source: 'api' });
  assert.equal(outcome.kind, 'done');
  for (const endMs = Date.now() + 30_000; (await sql.outbox.next(1)).length > 0; ) {
    assert.ok(Date.now() < endMs, 'the outbox becomes empty');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What a person is told of a world that cannot be opened. */
async function refusal(dataDir: string): Promise<string> {
  try {
    await using _world = await openShopWorld(dataDir);
  } catch (error) {
    return explain(error, join(dataDir, 'default'));
  }
  throw new assert.AssertionError({ message: 'the world is refused' });
}

function checkShop(dataDir: string): { readonly status: number | null; readonly stderr: string } {
  const program = ['--conditions=source', checkProgram, '--data-dir', dataDir];
  return spawnSync(process.execPath, program, { encoding: 'utf8' });
}
