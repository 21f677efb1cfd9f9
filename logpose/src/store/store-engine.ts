/** What a storage engine must do: ordered bytes, read synchronously, written only by `apply`. */
export interface StoreEngine {
  /** Changelog position the contents are complete up to; undefined when empty. */
  readonly checkpoint: Checkpoint | undefined;
  /** @throws {StoreDamagedError} When the bytes are not what was written. */
  get(key: Uint8Array): Uint8Array | undefined;
  /**
   * Entries in the bounds, by unsigned bytes of the key, as they are now: later `apply` calls do
   * not show. Ended by exhaustion or `return`.
   *
   * @throws {StoreDamagedError} While iterating, as `get`.
   */
  scan(bounds: ByteBounds): IterableIterator<EngineEntry>;
  /**
   * Applies all writes and the checkpoint, or none of them, off the event loop. In order: of two
   * writes of one key the later holds. Calls do not overlap.
   */
  apply(writes: readonly EngineWrite[], checkpoint: Checkpoint): Promise<void>;
  /** Number of entries. */
  readonly entries: number;
  /** So many bytes make an `apply` cheap. Default 0: as many as there are. */
  readonly bytesPerApply?: number;
}

/** `from ≤ key < to`. Without one of them: open on that side. */
export interface ByteBounds {
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse?: boolean;
}

/** A key and its value, as bytes. Valid as long as nobody writes to them. */
export interface EngineEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** One write of `apply`; a null `value` deletes. */
export interface EngineWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** Up to where a store has taken in its changelog. */
export interface Checkpoint {
  readonly topicId: string;
  readonly leaderEpoch: number;
  /** The next changelog offset to read. */
  readonly offset: number;
  /** Wall clock of the flush, milliseconds since 1970. */
  readonly flushedAtMs: number;
}

/** Opens the engines of one task's stores; what `stores: { engine }` is. */
export interface StoreEngineFactory {
  readonly name: string;
  /** `'memory'`: nothing outlives the process. `'disk'`: needs a directory. */
  readonly kept: 'memory' | 'disk';
  /**
   * Opens, or creates, the stores of one task. What is there but damaged, or not to be trusted
   * after a crash of the machine, is deleted and comes back empty, with the reason.
   */
  open(options: OpenEngines): Promise<TaskEngines>;
}

/** Whose engines to open. */
export interface OpenEngines {
  /** The task's own directory, made when missing; undefined for engines in memory. */
  readonly directory: string | undefined;
  readonly stores: readonly string[];
}

/** The opened engines of one task. */
export interface TaskEngines {
  engine(store: string): StoreEngine;
  /** Why the contents found were thrown away; undefined when they were not. */
  readonly discarded: string | undefined;
  /** Empties one store, for a rebuild from its changelog. */
  discard(store: string): Promise<void>;
  /** `'clean'`: everything is synced and marked so. `'abandoned'`: as a crash would leave it. */
  close(how: 'clean' | 'abandoned'): Promise<void>;
}
