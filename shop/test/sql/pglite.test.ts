import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { treasures } from '../../src/domain/catalogue.ts';
import { SchemaTooNewError } from '../../src/sql/migrate.ts';
import { openDatabase } from '../../src/sql/open-database.ts';
import { openSql } from '../../src/sql/open-sql.ts';
import { seedCatalogue } from '../../src/sql/seed-catalogue.ts';
import { booksContract } from './books-contract.ts';

const directory = await mkdtemp(join(tmpdir(), 'shop-sql-'));
after(() => rm(directory, { recursive: true, force: true }));

// Making a database costs seconds, opening one again does not: a schema for each test.
let schemas = 0;
booksContract('the embedded database', async () => ({
  directory: join(directory, 'contract'),
  schema: `books_${++schemas}`,
}));

test('a new world has 24 treasures, the first ten at the prices of the origin', async () => {
  await using sql = await openSql({});
  await seedCatalogue(sql, treasures);
  const shelf = (await sql.reads.products({ limit: 100 })).reverse();
  assert.equal(shelf.length, 24);
  assert.deepEqual(
    shelf.slice(0, 10).map(({ id, code, price, quantity }) => [id, code, price, quantity]),
    [
      [1, '1', 5_656_000, 1],
      [2, '2', 3_330_000, 3],
      [3, '3', 730_000, 73],
      [4, '4', 80_000, 100],
      [5, '5', 32_000, 50],
      [6, '6', 1_000, 1_000],
      [7, '7', 870_000, 20],
      [8, '8', 44_000, 44],
      [9, '9', 90_000, 35],
      [10, '10', 460_000, 10],
    ],
  );
  await seedCatalogue(sql, treasures);
  assert.equal((await sql.reads.products({ limit: 100 })).length, 24);
});

test('what was written is there when the directory is opened again', async () => {
  const place = join(directory, 'left');
  {
    await using sql = await openSql({ directory: place });
    await seedCatalogue(sql, treasures);
    await sql.claim.bind('one');
    await sql.claim.bind('other');
  }
  await using sql = await openSql({ directory: place });
  assert.equal((await sql.reads.products({ limit: 100 })).length, 24);
  assert.equal(await sql.claim.logId(), 'one', 'books stay with their first log');
});

test('commands are done once, also when somebody who is told of them fails', async () => {
  await using sql = await openSql({});
  await seedCatalogue(sql, treasures);
  const warned = once(process, 'warning', { signal: AbortSignal.timeout(10_000) });
  warned.catch(() => undefined);
  sql.writes.onCommitted(() => {
    throw new Error('a listener has failed');
  });

  const command = { kind: 'place-order', productId: 6, quantity: 1 } as const;
  const submit = () => sql.writes.submit({ command, source: 'api' });
  const outcomes = await Promise.all([submit(), submit()]);

  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['done', 'done'],
  );
  await sql.writes.idle();
  assert.equal((await sql.reads.product(6))?.quantity, 998);
  assert.match(String((await warned)[0]), /a listener has failed/);
});

test('a database of a later version is refused', async () => {
  const place = join(directory, 'later');
  {
    await using sql = await openSql({ directory: place });
    await sql.outbox.settle(1, []);
  }
  const database = await openDatabase({ directory: place });
  await database.db
    .updateTable('shop_meta')
    .set({ value: '999' })
    .where('key', '=', 'schema')
    .execute();
  await database.close();
  await assert.rejects(openSql({ directory: place }), SchemaTooNewError);
});

test('a zone that does not exist is refused', async () => {
  await assert.rejects(openSql({ zone: 'Asia/Atlantis' }), RangeError);
});
