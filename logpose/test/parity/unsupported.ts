/** Thrown for a program that uses what is not offered. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** The value, or the program is one that we do not know how to read. */
export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Unsupported('an operation without a field that it needs');
  return value;
}
