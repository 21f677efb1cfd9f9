import { must } from '../domain/assert.ts';
import type { Order } from '../domain/order.ts';
import type { Product } from '../domain/product.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { LedgerEvent } from '../events/event-schemas.ts';

/** The rows a batch of commands may touch, locked, and what the commands have changed so far. */
export class Books {
  readonly products: Shelf<Product>;
  readonly orders: Shelf<Order>;
  readonly reservations: Shelf<Reservation>;
  /** In the order of the decisions. */
  readonly events: LedgerEvent[] = [];
  readonly #ids: DrawnIds;

  constructor(rows: LockedRows, ids: DrawnIds) {
    this.products = new Shelf(rows.products);
    this.orders = new Shelf(rows.orders);
    this.reservations = new Shelf(rows.reservations);
    this.#ids = ids;
  }

  /** The next id of a new row. Unused ones are gaps in the sequence, nothing more. */
  nextId(table: keyof DrawnIds): number {
    return must(this.#ids[table].shift(), `an id of ${table} was drawn for each command`);
  }
}

/** What was read under lock. */
export interface LockedRows {
  readonly products: readonly Product[];
  readonly orders: readonly Order[];
  readonly reservations: readonly Reservation[];
}

/** Ids drawn from the sequences before the decisions, as events name them. */
export interface DrawnIds {
  readonly product: number[];
  readonly orders: number[];
  readonly reservation: number[];
}

/** Rows by id, and which of them are new or changed. */
export class Shelf<T extends { readonly id: number }> {
  readonly #rows = new Map<number, T>();
  readonly #added = new Set<number>();
  readonly #changed = new Set<number>();

  constructor(rows: readonly T[]) {
    for (const row of rows) this.#rows.set(row.id, row);
  }

  get(id: number): T | undefined {
    return this.#rows.get(id);
  }

  add(row: T): void {
    this.#rows.set(row.id, row);
    this.#added.add(row.id);
  }

  change(row: T): void {
    this.#rows.set(row.id, row);
    if (!this.#added.has(row.id)) this.#changed.add(row.id);
  }

  get added(): readonly T[] {
    return this.#pick(this.#added);
  }

  get changed(): readonly T[] {
    return this.#pick(this.#changed);
  }

  #pick(ids: ReadonlySet<number>): readonly T[] {
    return [...ids].map((id) => must(this.#rows.get(id), 'a row is kept once it is known'));
  }
}
