import { InvariantError } from '../base/assert.ts';
import { ConfigError, TopologyError } from '../errors/config-errors.ts';
import {
  FencedError,
  LogDamagedError,
  LogUnavailableError,
  NotAMemberError,
  PositionOutOfRangeError,
  TransactionAbortedError,
  TransactionInDoubtError,
} from '../errors/log-errors.ts';
import { DecodeError, ProcessError, ProduceError } from '../errors/record-errors.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import { StoreDamagedError, StoreUnavailableError } from '../errors/store-errors.ts';
import { WorkerError } from '../errors/worker-errors.ts';

/** What tells an error from others of its class, besides message and cause. */
export interface FieldsByClass {
  ConfigError: { readonly problems: readonly string[] };
  TopologyError: { readonly problems: readonly string[]; readonly code: TopologyError['code'] };
  LogUnavailableError: { readonly retriable: boolean };
  LogDamagedError: {
    readonly file: string | undefined;
    readonly position: RecordPosition | undefined;
    readonly advice: string | undefined;
  };
  PositionOutOfRangeError: {
    readonly position: RecordPosition;
    readonly startOffset: number;
    readonly endOffset: number;
  };
  FencedError: {
    readonly transactionalId: string | undefined;
    readonly instanceId: string | undefined;
  };
  NotAMemberError: { readonly groupId: string };
  TransactionAbortedError: Nothing;
  TransactionInDoubtError: Nothing;
  DecodeError: { readonly position: RecordPosition; readonly part: DecodeError['part'] };
  ProcessError: { readonly node: string; readonly position: RecordPosition | undefined };
  ProduceError: {
    readonly topic: string;
    readonly code: ProduceError['code'];
    readonly retriable: boolean;
  };
  StoreUnavailableError: { readonly store: string; readonly state: StoreUnavailableError['state'] };
  StoreDamagedError: { readonly store: string; readonly directory: string };
  WorkerError: { readonly worker: number };
  InvariantError: Nothing;
  /** An error that is none of ours: of the language, the platform or the user. */
  other: { readonly name: string; readonly code: string | undefined };
}

type Nothing = Readonly<Record<never, never>>;

export type ErrorClass = keyof FieldsByClass;

/** An error's class, and its fields. */
export type ErrorFields = {
  readonly [C in ErrorClass]: { readonly class: C; readonly fields: FieldsByClass[C] };
}[ErrorClass];

export function fieldsOf(error: Error): ErrorFields {
  return (
    configFields(error) ??
    logFields(error) ??
    transactionFields(error) ??
    recordFields(error) ??
    storeFields(error) ??
    otherFields(error)
  );
}

function configFields(error: Error): ErrorFields | undefined {
  if (error instanceof ConfigError) {
    return { class: 'ConfigError', fields: { problems: error.problems } };
  }
  if (!(error instanceof TopologyError)) return undefined;
  const { problems, code } = error;
  return { class: 'TopologyError', fields: { problems, code } };
}

function logFields(error: Error): ErrorFields | undefined {
  if (error instanceof LogUnavailableError) {
    return { class: 'LogUnavailableError', fields: { retriable: error.retriable } };
  }
  if (error instanceof LogDamagedError) {
    const { file, position, advice } = error;
    return { class: 'LogDamagedError', fields: { file, position, advice } };
  }
  if (!(error instanceof PositionOutOfRangeError)) return undefined;
  const { position, startOffset, endOffset } = error;
  return { class: 'PositionOutOfRangeError', fields: { position, startOffset, endOffset } };
}

function transactionFields(error: Error): ErrorFields | undefined {
  if (error instanceof FencedError) {
    const { transactionalId, instanceId } = error;
    return { class: 'FencedError', fields: { transactionalId, instanceId } };
  }
  if (error instanceof NotAMemberError) {
    return { class: 'NotAMemberError', fields: { groupId: error.groupId } };
  }
  if (error instanceof TransactionAbortedError) {
    return { class: 'TransactionAbortedError', fields: {} };
  }
  if (!(error instanceof TransactionInDoubtError)) return undefined;
  return { class: 'TransactionInDoubtError', fields: {} };
}

function recordFields(error: Error): ErrorFields | undefined {
  if (error instanceof DecodeError) {
    return { class: 'DecodeError', fields: { position: error.position, part: error.part } };
  }
  if (error instanceof ProcessError) {
    return { class: 'ProcessError', fields: { node: error.node, position: error.position } };
  }
  if (!(error instanceof ProduceError)) return undefined;
  const { topic, code, retriable } = error;
  return { class: 'ProduceError', fields: { topic, code, retriable } };
}

function storeFields(error: Error): ErrorFields | undefined {
  if (error instanceof StoreUnavailableError) {
    return { class: 'StoreUnavailableError', fields: { store: error.store, state: error.state } };
  }
  if (!(error instanceof StoreDamagedError)) return undefined;
  return {
    class: 'StoreDamagedError',
    fields: { store: error.store, directory: error.directory },
  };
}

function otherFields(error: Error): ErrorFields {
  if (error instanceof WorkerError)
    return { class: 'WorkerError', fields: { worker: error.worker } };
  if (error instanceof InvariantError) return { class: 'InvariantError', fields: {} };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { class: 'other', fields: { name: error.name, code } };
}
