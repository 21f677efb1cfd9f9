/** A row that is not there, and since when. */
export class Tombstone {
  readonly timestamp: number;

  constructor(timestamp: number) {
    this.timestamp = timestamp;
  }
}

/** What a row is at one level: a value in the form in which state holds it, or gone. */
export type Cell<H> = { readonly value: H; readonly timestamp: number } | Tombstone;
