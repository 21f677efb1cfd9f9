import Type from 'typebox';

/** Text that a database takes: without the character zero, and with whole characters only. */
export function plainText(options: { readonly minLength?: number; readonly maxLength: number }) {
  return Type.String({ ...options, pattern: '^[^\\u0000\\ud800-\\udfff]*$' });
}
