import type { RecordPosition } from '../errors/record-position.ts';
import type { StreamRecord, Timestamped } from '../record/stream-record.ts';
import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { StoreKind, StoreOf } from '../store/store-handle.ts';
import type { Windowed } from '../window/window.ts';
import type { PunctuationSchedule } from './punctuation.ts';

/** Handles one record. Runs to completion; the next record waits. */
export type Processor<K, V> = (record: StreamRecord<K, V>) => void;

/**
 * Creates one processor for one task. `forward` is everything downstream, already compiled:
 * calling it returns when the record has left the topology.
 *
 * A processor keeps no memory that opening it anew cannot rebuild: after an aborted transaction
 * the task is opened again at its last commit.
 */
export type ProcessorFactory<KIn, VIn, KOut, VOut> = (
  context: NodeContext,
  forward: Forward<KOut, VOut>,
) => Processor<KIn, VIn>;

/** Sends a record to every child, or to one of them by name. */
export interface Forward<K, V> {
  (record: StreamRecord<K, V>): void;
  /** @throws {InvariantError} When there is no child of that name. */
  to(child: string): Processor<K, V>;
}

/** What a processor may use. Valid from the task's opening to its closing. */
export interface NodeContext {
  readonly taskId: string;
  /** A store the node is connected to. */
  store<Kind extends StoreKind, K, V>(definition: StoreDefinition<Kind, K, V>): StoreOf<Kind, K, V>;
  /** A stored table that this node alone writes, and whose changes it sends on. */
  table<K, V>(
    definition: StoreDefinition<'timestamped-key-value', K, V>,
    forward: Forward<K, Change<V>>,
  ): TableWriter<K, V>;
  /** The same for a table of windows. */
  windowTable<K, V>(
    definition: StoreDefinition<'timestamped-window', K, V>,
    forward: Forward<Windowed<K>, Change<V>>,
  ): WindowTableWriter<K, V>;
  /**
   * Calls `run` with the time now whenever the schedule says so.
   *
   * @throws {ConfigError} When the schedule cannot be.
   */
  punctuate(schedule: PunctuationSchedule, run: (nowMs: number) => void): Cancel;
  /** Counts and reports a record that is left out. */
  drop(reason: DropReason): void;
  /** Asks for a commit soon; returns at once. */
  requestCommit(): void;
  onClose(run: () => void): void;
  /** Greatest timestamp this task has processed; undefined before the first record. */
  streamTimeMs(): number | undefined;
  wallClockMs(): number;
  /** What this node alone has seen of event time. */
  observedTime(): ObservedTime;
  /** Of the record in hand; undefined in a punctuator and while a commit sends updates on. */
  position(): RecordPosition | undefined;
  /** Numbers the transaction being filled; rises once the previous one's updates are sent on. */
  generation(): number;
}

/**
 * The greatest event time that one node has seen. An abort takes it back to the last commit; a
 * process that starts has seen nothing, as on the JVM.
 */
export interface ObservedTime {
  /** Takes one more time in and returns the greatest. */
  advance(timestamp: number): number;
}

/** Ends a schedule. Idempotent. */
export type Cancel = () => void;

/** Why a record is left out. Each reason has its counter. */
export type DropReason =
  | 'null-key'
  | 'null-key-or-value'
  | 'late'
  | 'negative-timestamp'
  | 'timestamp-too-large'
  | 'decode-failed'
  | 'process-failed'
  | 'produce-failed';

/**
 * Writes the rows of one table and sends each change on: at once, or, by default, the last one of
 * each key when the transaction is committed.
 */
export interface TableWriter<K, V> {
  get(key: K): Timestamped<V> | undefined;
  /** Stores `after` (undefined deletes) and sends the change on. */
  update(record: StreamRecord<K, Change<V>>): void;
}

/** The same for rows of windows; a record's key says which. */
export interface WindowTableWriter<K, V> {
  get(key: K, windowStartMs: number): Timestamped<V> | undefined;
  update(record: StreamRecord<Windowed<K>, Change<V>>): void;
}
