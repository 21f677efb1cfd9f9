import type { QuerySpec } from './queries.ts';

/** A program for Kafka Streams with the outcome that Kafka Streams itself gave. */
export interface Case {
  readonly name: string;
  /** Undefined: the program was made at random. */
  readonly about?: string;
  readonly rule?: readonly number[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly commit?: 'each' | 'manual';
  readonly wallClockMs?: number;
  readonly topology: readonly Operation[];
  readonly input: readonly Step[];
  readonly expected: Outcome;
}

/** A function by name, with its arguments when it has any. */
export type Spec = string | readonly [name: string, ...args: readonly unknown[]];

/** One step of a program. Which fields there are depends on `op`. */
export interface Operation {
  readonly op: string;
  readonly id?: string;
  readonly from?: string;
  readonly other?: string;
  readonly as?: string;
  readonly topic?: string;
  readonly topics?: readonly string[];
  readonly pattern?: string;
  readonly key?: string;
  readonly value?: string;
  readonly timestamps?: string;
  readonly reset?: unknown;
  readonly serdes?: boolean;
  readonly store?: string | StoreSpec;
  readonly when?: Spec;
  readonly fn?: Spec;
  readonly keyFn?: Spec;
  readonly valueFn?: Spec;
  readonly topicFn?: Spec;
  readonly subtract?: Spec;
  readonly returnsNull?: boolean;
  readonly init?: unknown;
  readonly type?: string;
  readonly window?: WindowSpec;
  readonly emit?: string;
  readonly graceMs?: number;
  readonly partitions?: number;
  readonly partitioner?: unknown;
  readonly branches?: readonly BranchSpec[];
  readonly default?: BranchSpec;
  readonly stores?: readonly string[];
  readonly ownStores?: readonly StoreSpec[];
  readonly do?: readonly Action[];
  readonly schedule?: readonly ScheduleSpec[];
}

export interface StoreSpec {
  readonly name?: string;
  readonly type?: string;
  readonly key?: string;
  readonly value?: string;
  readonly caching?: boolean;
  readonly logging?: unknown;
  readonly retentionMs?: number;
  readonly windowMs?: number;
  readonly duplicates?: boolean;
  readonly timestamped?: boolean;
}

export interface WindowSpec {
  readonly type: string;
  readonly sizeMs?: number;
  readonly advanceMs?: number;
  readonly graceMs?: number;
  readonly startMs?: number;
}

export interface BranchSpec {
  readonly id: string;
  readonly when?: Spec;
  readonly as?: string;
  readonly function?: Spec;
  readonly consumerTo?: string;
}

export type Action = readonly [name: string, ...args: readonly unknown[]];

export interface ScheduleSpec {
  readonly type: 'stream' | 'wall';
  readonly everyMs: number;
  readonly startMs?: number;
  readonly do: readonly Action[];
}

export interface InputRecord {
  readonly topic: string;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly keyHex?: string;
  readonly valueHex?: string;
  readonly ts: number;
  readonly headers?: readonly (readonly [string, string | null])[];
}

export type Step =
  | InputRecord
  | { readonly batch: readonly InputRecord[] }
  | { readonly advanceWallClockMs: number }
  | { readonly commit: true }
  | { readonly query: QuerySpec };

/** What Kafka Streams did with the program. */
export interface Outcome {
  readonly describe?: string;
  readonly branches?: Readonly<Record<string, string>>;
  readonly internalTopics?: readonly { readonly name: string; readonly kind: string }[];
  readonly copartition?: readonly (readonly string[])[];
  readonly output?: readonly OutputRecord[];
  readonly internal?: Readonly<Record<string, readonly InternalRow[]>>;
  readonly calls?: readonly unknown[];
  readonly queries?: readonly unknown[];
  readonly dropped?: number;
  readonly stores?: Readonly<Record<string, readonly StoredRow[]>>;
  readonly error?: { readonly phase: string; readonly op?: number; readonly step?: number };
}

export interface OutputRecord {
  readonly step: number;
  readonly topic: string;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly ts: number;
  readonly headers?: readonly (readonly [string, string | null])[];
  readonly partition?: number;
}

export type InternalRow = readonly [
  step: number,
  keyHex: string | null,
  valueHex: string | null,
  ts: number | null,
  headers?: unknown,
];

export interface StoredRow {
  readonly key: unknown;
  readonly value: unknown;
  readonly ts?: number;
}

/** What a case is about, in a sentence. */
export function aboutOf({ about = 'a program made at random' }: Case): string {
  return about;
}
