import assert from 'node:assert/strict';
import { test } from 'node:test';
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
import { StoreDamagedError, StoreUnavailableError } from '../errors/store-errors.ts';
import type { ErrorCode, StreamsError } from '../errors/streams-error.ts';
import { WorkerError } from '../errors/worker-errors.ts';
import { errorData, errorFrom } from './error-data.ts';

const position = { topic: 'orders', partition: 1, offset: 7 };
const cause = new RangeError('too long');
const mutation = new TypeError('Cannot assign to read only property');

/** One or more of each code: what is added to the codes does not compile until it is here. */
const samples: Readonly<Record<ErrorCode, readonly StreamsError[]>> = {
  CONFIG_INVALID: [new ConfigError(['id is missing', 'log is missing'], { cause })],
  TOPOLOGY_INVALID: [new TopologyError(['a node is missing'])],
  TOPOLOGY_CHANGED: [new TopologyError(['a store is gone'], 'TOPOLOGY_CHANGED')],
  DECODE_FAILED: [new DecodeError(position, 'value', cause)],
  NULL_NOT_ALLOWED: [new DecodeError(position, 'key', undefined)],
  ENCODE_FAILED: [new ProduceError('orders', { code: 'ENCODE_FAILED' }, cause)],
  PROCESS_FAILED: [
    new ProcessError('map', position, cause),
    new ProcessError('map', undefined, 'text'),
  ],
  STATE_MUTATED: [new ProcessError('map', position, mutation)],
  PRODUCE_FAILED: [new ProduceError('orders', { code: 'PRODUCE_FAILED', retriable: true }, cause)],
  STORE_UNAVAILABLE: [new StoreUnavailableError('counts', 'restoring', { why: 'it restores' })],
  STORE_DAMAGED: [new StoreDamagedError('counts', 'state/0_0', { damage: 'a page is gone' })],
  TRANSACTION_ABORTED: [new TransactionAbortedError('it was open for too long')],
  TRANSACTION_IN_DOUBT: [new TransactionInDoubtError({ cause })],
  FENCED: [new FencedError('app-0'), new FencedError({ instanceId: 'one' })],
  NOT_A_MEMBER: [new NotAMemberError('app', 'its session is over')],
  LOG_UNAVAILABLE: [
    new LogUnavailableError('the disk is full'),
    new LogUnavailableError('the log is closed', { retriable: false }),
  ],
  LOG_DAMAGED: [
    new LogDamagedError('a batch is cut', { file: 'topics/1', position, advice: 'delete it' }),
    new LogDamagedError('the journal ends early', {}),
  ],
  WORKER_FAILED: [new WorkerError(1, 'it exited with code 3', { cause })],
  POSITION_OUT_OF_RANGE: [new PositionOutOfRangeError(position, { startOffset: 8, endOffset: 9 })],
};

for (const [code, errors] of Object.entries(samples)) {
  test(`an error with the code ${code} is the same behind a message`, () => {
    for (const error of errors) same(sent(error), error);
  });
}

test('mistakes of ours and errors of the language keep their class', () => {
  for (const error of [new InvariantError('never'), mutation, cause, new Error('plain')]) {
    same(sent(error), error);
  }
});

test('an error that nobody knows keeps its name, and a code that is text', () => {
  class LocalError extends Error {
    override readonly name = 'LocalError';
    readonly code = 'ENOENT';
  }

  const received = sent(new LocalError('no such file'));

  assert.equal(received.name, 'LocalError');
  assert.deepEqual(Object.getOwnPropertyDescriptor(received, 'code')?.value, 'ENOENT');
  assert.equal(received.message, 'no such file');
});

test('what was thrown and is no error becomes one with its text', () => {
  assert.equal(sent('out of paper').message, 'out of paper');
  assert.equal(sent(undefined).message, 'undefined');
  assert.equal(sent(new Error('no', { cause: 7 })).cause, '7');
});

test('causes that go round in a circle end', () => {
  const one = new Error('one');
  one.cause = new Error('two', { cause: one });

  let depth = 0;
  for (let next: unknown = sent(one); next instanceof Error; next = next.cause) depth++;

  assert.equal(depth, 8);
});

/** Through a structured clone, as a message goes. */
function sent(thrown: unknown): Error {
  return errorFrom(structuredClone(errorData(thrown)));
}

function same(received: unknown, error: Error): void {
  assert.ok(received instanceof error.constructor);
  assert.deepEqual(received, error);
  assert.equal(received instanceof Error && received.stack, error.stack);
}
