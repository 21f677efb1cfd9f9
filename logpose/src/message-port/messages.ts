import type { ErrorData } from './error-data.ts';

/** What one side of a port may ask the other: by name, what it passes and what comes back. */
export type CallTypes<C> = {
  readonly [K in keyof C]: { readonly args: unknown; readonly result: unknown };
};

/** What the asking side sends. A notice has no answer; all arrive in the order they were sent. */
export type ToAnswerer<C extends CallTypes<C>, Notice> =
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { [K in keyof C]: CallMessage<C, K> }[keyof C];

export interface CallMessage<C extends CallTypes<C>, K extends keyof C> {
  readonly kind: 'call';
  readonly id: number;
  readonly name: K;
  readonly args: C[K]['args'];
}

/** What comes back: one result or failure per call, and what happens without a call. */
export type ToCaller<C extends CallTypes<C>, Event> =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorData }
  | AnyResult<C>;

export type AnyResult<C extends CallTypes<C>> = { [K in keyof C]: ResultMessage<C, K> }[keyof C];

export interface ResultMessage<C extends CallTypes<C>, K extends keyof C> {
  readonly kind: 'result';
  readonly id: number;
  readonly name: K;
  readonly result: C[K]['result'];
}
