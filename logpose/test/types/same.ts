/** Compiles only when both are the same type, `any` and optionality included. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? 'same' : 'different';

/** `is<Expected>().of(actual)` does not compile when `actual` is of another type. */
export declare function is<Expected>(): {
  of<Actual>(actual: Actual, ...same: Same<Expected, Actual> extends 'same' ? [] : [never]): void;
};
