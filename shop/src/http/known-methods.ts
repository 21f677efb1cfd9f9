import type { HttpApp } from './parts.ts';

/** Which methods each address takes. */
export class KnownMethods {
  readonly #routes: { readonly form: RegExp; readonly methods: readonly string[] }[] = [];

  /** Notes every route that `app` is given from now on. */
  watch(app: HttpApp): void {
    app.addHook('onRoute', ({ url, method }) => {
      // A place of files has no methods of its own.
      if (url.includes('*')) return;
      const form = new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}/?$`);
      this.#routes.push({ form, methods: [method].flat() });
    });
  }

  /** What may be asked of an address; nothing where there is none. */
  of(path: string): readonly string[] {
    const matching = this.#routes.filter(({ form }) => form.test(path));
    return [...new Set(matching.flatMap(({ methods }) => methods))].toSorted();
  }
}
