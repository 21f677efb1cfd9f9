import { StreamsError } from './streams-error.ts';

/** A store that moved, restores, did not answer in time or could not be written. */
export class StoreUnavailableError extends StreamsError {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'STORE_UNAVAILABLE';
  readonly retriable = true;
  /** Its name; of several, their names. */
  readonly store: string;
  /** The `state` a single read would have answered. */
  readonly state: 'restoring' | 'moved' | 'unavailable';

  constructor(
    store: string,
    state: StoreUnavailableError['state'],
    about: { readonly why: string; readonly what?: string; readonly cause?: unknown },
  ) {
    const { why, what = `store ${store}`, cause } = about;
    super(`cannot use ${what}: ${why}`, { cause });
    this.store = store;
    this.state = state;
  }
}

/** Local state whose bytes are not what was written. It is deleted and rebuilt, never trusted. */
export class StoreDamagedError extends StreamsError {
  override readonly name = 'StoreDamagedError';
  readonly code = 'STORE_DAMAGED';
  readonly retriable = true;
  /** Its name; of several, their names. */
  readonly store: string;
  readonly directory: string;

  constructor(
    store: string,
    directory: string,
    { damage, cause }: { readonly damage: string; readonly cause?: unknown },
  ) {
    const whose = store.includes(',') ? `stores ${store}` : `store ${store}`;
    super(`the files of ${whose} in ${directory} are damaged: ${damage}`, { cause });
    this.store = store;
    this.directory = directory;
  }
}
