/** JSON of which only single fields are looked at: the check shares no schema with the shop. */
export class Fields {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  static parse(text: string): Fields {
    return new Fields(JSON.parse(text));
  }

  of(name: string): Fields {
    return new Fields(this.#field(name));
  }

  text(name: string): string | undefined {
    const field = this.#field(name);
    return typeof field === 'string' ? field : undefined;
  }

  /** 0 where there is none. */
  number(name: string): number {
    const field = this.#field(name);
    return typeof field === 'number' ? field : 0;
  }

  list(name: string): readonly Fields[] {
    const field = this.#field(name);
    return Array.isArray(field) ? field.map((item) => new Fields(item)) : [];
  }

  #field(name: string): unknown {
    const value = this.#value;
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? Reflect.get(value, name)
      : undefined;
  }
}
