import { StreamsError } from './streams-error.ts';

/** A read, scan or subscription whose store moved, restores or did not answer in time. */
export class StoreUnavailableError extends StreamsError {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'STORE_UNAVAILABLE';
  readonly retriable = true;
  readonly store: string;
  /** The `state` a single read would have answered. */
  readonly state: 'restoring' | 'moved' | 'unavailable';

  constructor(store: string, state: StoreUnavailableError['state'], why: string) {
    super(`cannot read store ${store}: ${why}`);
    this.store = store;
    this.state = state;
  }
}

/** Local state whose bytes are not what was written. It is deleted and rebuilt, never trusted. */
export class StoreDamagedError extends StreamsError {
  override readonly name = 'StoreDamagedError';
  readonly code = 'STORE_DAMAGED';
  readonly retriable = true;
  readonly store: string;
  readonly directory: string;

  constructor(store: string, directory: string, what: string, options?: ErrorOptions) {
    super(`the files of store ${store} in ${directory} are damaged: ${what}`, options);
    this.store = store;
    this.directory = directory;
  }
}
