import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openSql } from '../../src/sql/open-sql.ts';
import { booksContract } from './books-contract.ts';
import { findPostgres } from './temporary-postgres.ts';

const found = await findPostgres();

if (typeof found === 'string') {
  test('the books in PostgreSQL', { skip: found }, () => undefined);
} else {
  after(() => found.stop());
  let schemas = 0;
  const newSchema = (): string => `shop_${process.pid}_${++schemas}`;
  booksContract('PostgreSQL', async () => ({ postgresUrl: found.url, schema: newSchema() }));

  test('three programs on one database sell twenty pieces twenty times', async () => {
    const schema = newSchema();
    const open = () => openSql({ postgresUrl: found.url, schema });
    // The tables are made once, whoever comes first.
    const programs = await Promise.all([open(), open(), open()]);
    const text = { name: 'x', nameEn: null, category: '', price: 1 };
    await programs[0]?.writes.submit({
      command: { kind: 'create-product', text, quantity: 20 },
      source: 'api',
    });
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, async (_none, n) => {
        const command = { kind: 'place-order', productId: 1, quantity: 1 } as const;
        return programs[n % 3]?.writes.submit({ command, source: 'api' });
      }),
    );
    assert.equal(outcomes.filter((outcome) => outcome?.kind === 'done').length, 20);
    assert.deepEqual(await programs[1]?.reads.imbalances(), []);
    await Promise.all(programs.map((program) => program.close()));
  });

  test('only one relay at a time has the outbox of a database', async () => {
    const schema = newSchema();
    await using one = await openSql({ postgresUrl: found.url, schema });
    await using other = await openSql({ postgresUrl: found.url, schema });
    const answers: string[] = [];
    await one.outbox.exclusively(async () => {
      answers.push(await other.outbox.exclusively(async () => undefined));
    });
    answers.push(await other.outbox.exclusively(async () => undefined));
    assert.deepEqual(answers, ['taken', 'done']);
  });

  test('a database that is not there is told as such', async () => {
    await assert.rejects(openSql({ postgresUrl: 'postgres://shop@127.0.0.1:1/none' }));
  });
}
