import type { Definition } from './options.ts';

/**
 * What an application does, as the default export of a module: for `module` and `workers`.
 *
 * The module is evaluated on the main thread and in every worker, so what it makes besides the
 * definition is there once in each of them. Policies and user code run in the workers.
 *
 * @example
 * // count-words.ts
 * export default defineApp({ topology: builder.build(), onDecodeError: () => 'continue' });
 */
export function defineApp(definition: Omit<Definition, 'workers'>): Definition {
  return { ...definition };
}
