import type { Serde } from './serde.ts';

/**
 * Lets a topic's key or value be null, and the types say so: `T | null`.
 *
 * Without it a null read by `stream()` is a `DecodeError` (`NULL_NOT_ALLOWED`). Tables need no
 * `nullable`: there a null value is a delete.
 */
export function nullable<T extends {}>(serde: Serde<T>): Serde<T | null> {
  return new NullableSerde<T>(nonNull(serde));
}

/** Whether a topic with this serde may hold null. */
export function isNullable<T>(serde: Serde<T>): boolean {
  return serde instanceof NullableSerde;
}

/** The serde of the values that are there. It never sees null, which is the absence of bytes. */
export function nonNull<T>(serde: Serde<T>): Serde<NonNullable<T>> {
  const some: unknown = serde instanceof NullableSerde ? serde.nonNull : serde;
  // A serde that is not nullable has no null among its values, whatever its type says.
  return some as Serde<NonNullable<T>>;
}

class NullableSerde<T extends {}> implements Serde<T | null> {
  readonly nonNull: Serde<T>;
  readonly encode: Serde<T | null>['encode'];
  readonly decode: Serde<T | null>['decode'];
  readonly holds: Serde<T>['holds'];
  readonly identity: Serde<T | null>['identity'];

  constructor(serde: Serde<T>) {
    const { identity } = serde;
    this.nonNull = serde;
    this.holds = serde.holds;
    this.decode = serde.decode;
    this.encode = (value, to) => serde.encode(present(value), to);
    this.identity = identity && ((value) => identity(present(value)));
  }
}

/** Null is written as the absence of bytes, by those who write records. */
function present<T>(value: T | null): T {
  if (value === null) throw new TypeError('null has no bytes');
  return value;
}
