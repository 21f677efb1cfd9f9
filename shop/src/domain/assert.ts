/** A mistake of ours: a state the code rules out. Nobody catches it but the top of the program. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** @throws {InvariantError} When `condition` is false. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(invariant);
}

/**
 * The value, which `why` says must be there.
 *
 * @throws {InvariantError} When it is undefined or null.
 */
export function must<T>(value: T | undefined | null, why: string): T {
  if (value === undefined || value === null) throw new InvariantError(why);
  return value;
}

/** The end of a `switch` over a closed set: does not compile while a member is missing. */
export function unreachable(value: never): never {
  throw new InvariantError(`unexpected ${String(value)}`);
}
