/** One change of a table's row. Undefined: no row. */
export interface Change<out V> {
  readonly before: V | undefined;
  readonly after: V | undefined;
}
