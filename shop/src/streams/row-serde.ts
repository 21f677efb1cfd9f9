import { json, type Serde } from 'logpose';
import type { Static, TObject, TProperties } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** JSON rows of one schema, checked when they are read. */
export function rowSerde<P extends TProperties>(schema: TObject<P>): Serde<Static<TObject<P>>> {
  const validator: Validator = Compile(schema);
  return json((value) => {
    if (isRow<P>(validator, value)) return value;
    const [first] = validator.Errors(value);
    throw new TypeError(`${first?.instancePath ?? ''} ${first?.message ?? 'is refused'}`.trim());
  });
}

function isRow<P extends TProperties>(
  validator: Validator,
  value: unknown,
): value is Static<TObject<P>> {
  return validator.Check(value);
}
