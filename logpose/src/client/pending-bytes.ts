/** How many bytes may be on their way at once. Those beyond wait, in the order they came. */
export class PendingBytes {
  readonly #maxBytes: number;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  #pending = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Resolves when there is room; at once for anything when nothing is on its way. */
  async enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) this.#pending += bytes;
    else await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
  }

  leave(bytes: number): void {
    this.#pending -= bytes;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#fits(next.bytes)) return;
      this.#pending += next.bytes;
      this.#waiting.shift();
      next.enter();
    }
  }

  #fits(bytes: number): boolean {
    return this.#pending === 0 || this.#pending + bytes <= this.#maxBytes;
  }
}
