import {
  filteredTable,
  mappedTable,
  storedTable,
  type TableView,
} from '../operators/table-view.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { AnyStoreDefinition, AnyValue } from '../topology/topology.ts';

/** How a node of the graph keeps a table's rows, which depends on what follows it. */
export interface TableRows {
  /** Where they are kept; undefined while they are only passed on. */
  stored(): AnyStoreDefinition | undefined;
  /** Demands that rows can be looked up, in the way that `view` then gives. */
  keepForLookup(): void;
  view(): TableView<AnyValue, AnyValue>;
  /** Demands that each change says what the row was. */
  sendOldValues(): void;
  /** The same if no rows need to be kept for it that are not kept anyhow; whether that is so. */
  sendOldValuesIfKept(): boolean;
}

type RowsDefinition = StoreDefinition<'timestamped-key-value', AnyValue, AnyValue>;
type View = TableView<AnyValue, AnyValue>;

/** Rows that are always kept, as aggregates are. Their changes say what they were. */
export class KeptRows implements TableRows {
  readonly #definition: AnyStoreDefinition;
  readonly #view: View;

  constructor(definition: AnyStoreDefinition, view: View) {
    this.#definition = definition;
    this.#view = view;
  }

  stored(): AnyStoreDefinition {
    return this.#definition;
  }

  view(): View {
    return this.#view;
  }

  keepForLookup(): void {}

  sendOldValues(): void {}

  sendOldValuesIfKept(): boolean {
    return true;
  }
}

/** Rows that a topic brings: kept when they have a name, or when something behind needs them. */
export class SourceRows implements TableRows {
  readonly #definition: RowsDefinition;
  #kept: boolean;

  constructor(definition: RowsDefinition, keep: 'always' | 'when-needed') {
    this.#definition = definition;
    this.#kept = keep === 'always';
  }

  stored(): RowsDefinition | undefined {
    return this.#kept ? this.#definition : undefined;
  }

  view(): View {
    return storedTable(this.#definition);
  }

  keepForLookup(): void {
    this.#kept = true;
  }

  sendOldValues(): void {
    this.#kept = true;
  }

  sendOldValuesIfKept(): boolean {
    return this.#kept;
  }
}

/** Rows made of another table's: worked out when they are looked up, unless they are kept. */
export class DerivedRows implements TableRows {
  readonly #parent: TableRows;
  readonly #viewOf: (parent: View) => View;
  #definition: RowsDefinition | undefined;
  #sendsOldValues = false;

  constructor(parent: TableRows, viewOf: (parent: View) => View) {
    this.#parent = parent;
    this.#viewOf = viewOf;
  }

  stored(): RowsDefinition | undefined {
    return this.#definition;
  }

  keepIn(definition: RowsDefinition): void {
    this.#definition = definition;
  }

  view(): View {
    return this.#definition === undefined
      ? this.#viewOf(this.#parent.view())
      : storedTable(this.#definition);
  }

  keepForLookup(): void {
    if (this.#definition === undefined) this.#parent.keepForLookup();
  }

  sendOldValues(): void {
    if (this.#definition === undefined) this.#parent.sendOldValues();
    this.#sendsOldValues = true;
  }

  sendOldValuesIfKept(): boolean {
    if (this.#definition !== undefined || this.#parent.sendOldValuesIfKept()) {
      this.#sendsOldValues = true;
    }
    return this.#sendsOldValues;
  }

  /** Whether something behind has asked what rows were. */
  sendsOldValues(): boolean {
    return this.#sendsOldValues;
  }
}

/** The rows of a table that pass. */
export function filteredRows(
  parent: TableRows,
  passes: (value: AnyValue, key: AnyValue) => boolean,
): DerivedRows {
  return new DerivedRows(parent, (rows) => filteredTable(rows, passes));
}

/** The rows of a table with other values. */
export function mappedRows(
  parent: TableRows,
  mapper: (value: AnyValue, key: AnyValue) => AnyValue,
): DerivedRows {
  return new DerivedRows(parent, (rows) => mappedTable(rows, mapper));
}
