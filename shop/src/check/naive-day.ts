/** Names days as the calendar on the wall of a zone does, by asking the platform each time anew. */
export class NaiveDays {
  readonly #format: Intl.DateTimeFormat;
  #quarter = Number.NaN;
  #day = '';

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  }

  dayOf(timestamp: number): string {
    // No zone changes its day within a quarter of an hour.
    const quarter = Math.floor(timestamp / 900_000);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#day = this.#format.format(timestamp);
    }
    return this.#day;
  }
}
