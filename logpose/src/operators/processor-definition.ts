import type { RecordPosition } from '../errors/record-position.ts';
import type { NewRecord, StreamRecord } from '../record/stream-record.ts';
import type { Serde } from '../serde/serde.ts';
import type { AnyStore, StoreHandle, StoreOf } from '../store/store-handle.ts';
import type { Cancel } from '../topology/processor.ts';
import type { PunctuationSchedule } from '../topology/punctuation.ts';

/** The stores a processor declares, under the names it uses for them. */
export type DeclaredStores = Readonly<Record<string, AnyStore>>;

/** No stores at all. */
export type NoStores = Readonly<Record<never, AnyStore>>;

/** The same stores, opened. */
export type OpenStores<S extends DeclaredStores> = {
  readonly [Name in keyof S]: S[Name] extends StoreHandle<infer Kind, infer K, infer V>
    ? StoreOf<Kind, K, V>
    : never;
};

/** Stands for the output of a processor that declares none: nothing can be forwarded. */
export interface NoOutput {
  readonly declare: 'output: { key, value } before forwarding';
}

/** The serdes of what a processor forwards: they type `forward` and serve the operators behind. */
export interface Output<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** Sends a record to every child, or to one. Returns when it has left the topology. */
export interface ForwardNew<Out> {
  (record: Out): void;
  to(child: string, record: Out): void;
}

/** What a processor may use, from its task's opening to its closing. */
export interface ProcessorContext<Out, S extends DeclaredStores> {
  readonly stores: OpenStores<S>;
  readonly forward: ForwardNew<Out>;
  /**
   * Calls `run` with the current time in milliseconds whenever the schedule says so, in each task
   * of its own. Calls that were missed are made up by one. What a call does commits with the rest
   * of the transaction or not at all.
   *
   * @throws {ConfigError} When the schedule cannot be: a cron expression or zone that cannot be
   *   read, times that are no whole numbers, a name that another schedule of the task has.
   */
  readonly punctuate: (schedule: PunctuationSchedule, run: (nowMs: number) => void) => Cancel;
  /** Asks for a commit soon; returns at once. */
  readonly requestCommit: () => void;
  readonly onClose: (run: () => void) => void;
  /** Greatest timestamp this task has processed; undefined before the first record. */
  readonly streamTimeMs: () => number | undefined;
  readonly wallClockMs: () => number;
  /** Of the record in hand; undefined in a punctuator. */
  readonly position: () => RecordPosition | undefined;
  /**
   * Numbers the transaction being filled. Rises once the previous one's tables have sent their
   * updates on, and never goes back within a process.
   */
  readonly generation: () => number;
  readonly taskId: string;
}

/**
 * A processor: what it keeps, what it sends on, and `init`, which runs once per task and returns
 * what to do with each record. One record runs to completion before the next.
 *
 * What `init` keeps outside of stores is lost at a crash and made anew after an abort.
 */
export interface ProcessorDefinition<K, V, K2, V2, S extends DeclaredStores> {
  readonly node?: string;
  readonly stores?: S;
  readonly output?: Output<K2, V2>;
  readonly init: (
    context: ProcessorContext<NewRecord<K2, V2>, S>,
  ) => (record: StreamRecord<K, V>) => void;
}

/** A processor that cannot change the key, so that nothing behind it needs repartitioning. */
export interface ValueProcessorDefinition<K, V, V2, S extends DeclaredStores> {
  readonly node?: string;
  readonly stores?: S;
  readonly output?: { readonly value: Serde<V2> };
  readonly init: (
    context: ProcessorContext<Omit<NewRecord<K, V2>, 'key'>, S>,
  ) => (record: StreamRecord<K, V>) => void;
}

/**
 * Defines a processor apart from the chain; its record is then annotated.
 *
 * @example
 * const tally = processor({
 *   output: { key: utf8, value: int64 },
 *   init: ({ forward }) => ({ key, value }: StreamRecord<string, string>) =>
 *     forward({ key, value: value.length }),
 * });
 */
export function processor<K, V, K2 = NoOutput, V2 = NoOutput, S extends DeclaredStores = NoStores>(
  definition: ProcessorDefinition<K, V, K2, V2, S>,
): ProcessorDefinition<K, V, K2, V2, S> {
  return definition;
}
