import { StoreDamagedError } from '../errors/store-errors.ts';
import type { AnyOpenStore } from '../runtime/task/task-parts.ts';
import type { AnsweredFrom, NotReadable } from './store-peer.ts';

/** A store of this thread to read, and where its contents end. */
export interface ReadableStore extends AnsweredFrom {
  readonly state: 'ready';
  readonly store: AnyOpenStore;
  /** Aborted when the store can be read no longer. */
  readonly closing: AbortSignal;
  /** Tells whose the store is of damage in it. */
  damaged(error: StoreDamagedError): void;
}

/** The part of it that readers are told. */
export function answeredFrom(found: AnsweredFrom): AnsweredFrom {
  const { position, changelogOffset, standbyLag } = found;
  return { position, changelogOffset, standbyLag };
}

/** Damage is told, and the store is rebuilt; anything else is not ours to answer for. */
export function damageOf(found: ReadableStore, error: unknown): NotReadable {
  if (!(error instanceof StoreDamagedError)) throw error;
  found.damaged(error);
  return { state: 'restoring', lag: 0 };
}
