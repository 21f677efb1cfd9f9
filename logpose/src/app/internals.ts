import { type Surroundings, system } from '../base/clock.ts';
import type { TaskObserver } from '../runtime/task/task-parts.ts';
import { defaultSettings, type WorkerSettings } from '../runtime/worker/settings.ts';
import type { StreamsAppOptions } from './options.ts';

/** What an application can be told by tests and simulations only. */
export interface Internals {
  readonly surroundings?: Surroundings;
  readonly settings?: Partial<WorkerSettings>;
  readonly observer?: TaskObserver;
}

const internals = new WeakMap<StreamsAppOptions, Internals>();

/** The same options, with a clock or limits of the caller's. */
export function withInternals(options: StreamsAppOptions, given: Internals): StreamsAppOptions {
  const copy = { ...options };
  internals.set(copy, given);
  return copy;
}

/** The surroundings and limits of an application, its own options first. */
export function internalsOf(options: StreamsAppOptions): Internals & {
  readonly surroundings: Surroundings;
  readonly settings: WorkerSettings;
} {
  const { surroundings = system, settings = {}, observer } = internals.get(options) ?? {};
  const { commitIntervalMs, emit, maxTaskIdleMs } = options;
  return {
    surroundings,
    ...(observer && { observer }),
    settings: {
      ...defaultSettings,
      ...(commitIntervalMs !== undefined && { commitIntervalMs }),
      ...(emit !== undefined && { emit }),
      ...(maxTaskIdleMs !== undefined && { maxTaskIdleMs }),
      ...settings,
    },
  };
}
