import Type from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { CatalogueItem } from './domain/catalogue.ts';
import { plainText } from './plain-text.ts';

const catalogue = Type.Array(
  Type.Object(
    {
      name: plainText({ minLength: 1, maxLength: 255 }),
      nameEn: Type.Optional(plainText({ maxLength: 255 })),
      category: Type.Optional(plainText({ maxLength: 60 })),
      price: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
      quantity: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 10_000 },
);

/** A file with a catalogue of another form. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
}

/**
 * Reads a list of treasures: `[{ "name", "price", "quantity", "nameEn"?, "category"? }]`.
 *
 * @throws {CatalogueError} With the first thing that is wrong.
 */
export function parseCatalogue(text: string): readonly CatalogueItem[] {
  const value = parseJson(text);
  if (!isCatalogue(value)) {
    const [first] = validator.Errors(value);
    throw new CatalogueError(`not a catalogue: ${first?.instancePath ?? ''} ${first?.message}`);
  }
  return value.map(({ nameEn = null, category = '', ...item }) => ({ nameEn, category, ...item }));
}

const validator: Validator = Compile(catalogue);

function isCatalogue(value: unknown): value is Type.Static<typeof catalogue> {
  return validator.Check(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CatalogueError('not a catalogue: it is no JSON', { cause });
  }
}
