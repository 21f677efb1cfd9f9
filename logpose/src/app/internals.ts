import { type Surroundings, system } from '../base/clock.ts';
import type { TaskObserver } from '../runtime/task/task-parts.ts';
import { defaultSettings, type WorkerSettings } from '../runtime/worker/settings.ts';
import type { StreamsAppOptions } from './options.ts';
import type { ThreadLimits } from './threads/thread-limits.ts';

/** What an application can be told by tests, simulations and the thread it is in. */
export interface Internals {
  /** Told of a failure, whatever it is; then nobody needs to be warned of it. */
  readonly failed?: (failure: Error) => void;
  /** Of worker threads. */
  readonly threads?: Partial<ThreadLimits>;
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
  const given = internals.get(options) ?? {};
  const { surroundings = system, settings = {}, observer, failed, threads } = given;
  const { guarantee, commitIntervalMs, emit, maxTaskIdleMs } = options;
  return {
    surroundings,
    ...(observer && { observer }),
    ...(failed && { failed }),
    ...(threads && { threads }),
    settings: {
      ...defaultSettings,
      ...(guarantee === 'at-least-once' && { guarantee, commitIntervalMs: 1000 }),
      ...(commitIntervalMs !== undefined && { commitIntervalMs }),
      ...(emit !== undefined && { emit }),
      ...(maxTaskIdleMs !== undefined && { maxTaskIdleMs }),
      ...settings,
    },
  };
}
