import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { PositionOutOfRangeError } from '../errors/log-errors.ts';
import { answerCalls } from './answer-calls.ts';
import { Caller } from './caller.ts';

interface Calls {
  readonly double: { readonly args: number; readonly result: number };
  readonly fail: { readonly args: undefined; readonly result: void };
  readonly wait: { readonly args: undefined; readonly result: void };
  readonly mirror: { readonly args: unknown; readonly result: unknown };
}

const gone = new Error('the other side is gone');
const position = { topic: 'orders', partition: 0, offset: 9 };

test('each call has its own answer, in whichever order they come', async () => {
  using pair = connected();

  const waiting = pair.caller.call('wait', undefined);
  const doubled = await Promise.all([1, 2, 3].map((value) => pair.caller.call('double', value)));
  pair.release();
  await waiting;

  assert.deepEqual(doubled, [2, 4, 6]);
});

test('a failure comes as an error of its class, with its fields', async () => {
  using pair = connected();

  const failed = pair.caller.call('fail', undefined);

  await assert.rejects(failed, (error: unknown) => {
    assert.ok(error instanceof PositionOutOfRangeError);
    assert.deepEqual(error.position, position);
    return true;
  });
});

test('notices and calls arrive in the order in which they were sent', async () => {
  using pair = connected();

  pair.caller.notify('first');
  const called = pair.caller.call('double', 1);
  pair.caller.notify('second');
  await called;
  await pair.caller.call('double', 1);

  assert.deepEqual(pair.heard, ['first', 1, 'second', 1]);
});

test('what happens at the other side is told without a call', async () => {
  using pair = connected();

  pair.tell('rain');
  await pair.caller.call('double', 1);

  assert.deepEqual(pair.events, ['rain']);
});

test('one call too many is refused, and the next is not once there was an answer', async () => {
  using pair = connected(2);
  const waiting = [pair.caller.call('wait', undefined), pair.caller.call('wait', undefined)];

  await assert.rejects(pair.caller.call('double', 1), /more than 2/);

  pair.release();
  await Promise.all(waiting);
  assert.equal(await pair.caller.call('double', 1), 2);
});

test('every call ends when the other side closes, and none can be made any more', async () => {
  using pair = connected();
  const waiting = [pair.caller.call('wait', undefined), pair.caller.call('wait', undefined)];

  pair.hangUp();

  for (const each of waiting) await assert.rejects(each, gone);
  await assert.rejects(pair.caller.call('double', 1), gone);
  pair.caller.notify('nobody hears it');
});

test('the side that ends says with what, and calls of the past come to nothing', async () => {
  using pair = connected();
  const over = new Error('it is over');
  const waiting = pair.caller.call('wait', undefined);

  pair.caller.end(over);
  pair.caller.end(gone);

  await assert.rejects(waiting, over);
  await assert.rejects(pair.caller.call('double', 1), over);
  assert.equal(pair.caller.ended, over);
});

test('an answer that comes twice, or too late, is left out', async () => {
  const { port1, port2 } = new MessageChannel();
  const caller = new Caller<Calls>(port2, options(10));
  const call = caller.call('double', 1);

  port1.postMessage({ kind: 'result', id: 7, name: 'double', result: 1 });
  for (const result of [2, 3]) port1.postMessage({ kind: 'result', id: 0, name: 'double', result });
  port1.postMessage({ kind: 'failure', id: 0, error: {} });

  assert.equal(await call, 2);
  const next = caller.call('double', 2);
  port1.postMessage({ kind: 'result', id: 1, name: 'double', result: 4 });
  assert.equal(await next, 4);
  caller.end(gone);
});

test('what cannot be sent fails its call and no other', async () => {
  using pair = connected();

  await assert.rejects(
    pair.caller.call('mirror', () => undefined),
    /could not be cloned/,
  );
  await assert.rejects(pair.caller.call('mirror', 'a function'), /could not be cloned/);

  assert.equal(await pair.caller.call('mirror', 'text'), 'text');
});

function options(maxCallsInFlight: number, events: string[] = []) {
  return {
    maxCallsInFlight,
    closed: () => gone,
    refused: (max: number) => new Error(`more than ${max}`),
    event: (event: string) => void events.push(event),
  };
}

function connected(maxCallsInFlight = 10) {
  const { port1, port2 } = new MessageChannel();
  const heard: unknown[] = [];
  const events: string[] = [];
  const released = Promise.withResolvers<void>();
  const answering = answerCalls<Calls, string, string>(port1, {
    calls: {
      double: (value) => {
        heard.push(value);
        return 2 * value;
      },
      fail: () => Promise.reject(new PositionOutOfRangeError(position, range)),
      wait: () => released.promise,
      mirror: (value) => (value === 'a function' ? () => undefined : value),
    },
    notice: (notice) => void heard.push(notice),
    closed: () => undefined,
  });
  const caller = new Caller<Calls, string, string>(port2, options(maxCallsInFlight, events));
  return {
    caller,
    heard,
    events,
    tell: (event: string) => answering.tell(event),
    release: () => released.resolve(),
    hangUp: () => answering.close(),
    [Symbol.dispose]: () => caller.end(gone),
  };
}

const range = { startOffset: 0, endOffset: 5 };
