import { assert } from '../domain/assert.ts';
import type { CatalogueItem } from '../domain/catalogue.ts';
import type { Sql } from './open-sql.ts';

/**
 * Puts a catalogue on the empty shelves of a new world; leaves one with products as it is.
 *
 * Their ids, and so their codes, follow the order of the items.
 */
export async function seedCatalogue(sql: Sql, items: readonly CatalogueItem[]): Promise<void> {
  if ((await sql.reads.products({ limit: 1 })).length > 0) return;
  const outcomes = await Promise.all(
    items.map(({ quantity, ...text }) =>
      sql.writes.submit({ command: { kind: 'create-product', text, quantity }, source: 'system' }),
    ),
  );
  assert(
    outcomes.every(({ kind }) => kind === 'done'),
    'a new product is never refused',
  );
}
