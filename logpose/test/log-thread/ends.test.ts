import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { LogUnavailableError, TransactionInDoubtError } from '../../src/errors/log-errors.ts';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { serveLog } from '../../src/log-thread/serve-log.ts';
import { ServedConsumer } from '../../src/log-thread/served-consumer.ts';
import { maxCallsInFlight, ThreadLog } from '../../src/log-thread/thread-log.ts';
import { createTopics, first } from '../contract/contract-case.ts';
import { TestMember, within } from '../contract/group-members.ts';
import { batchOf, readValues } from '../contract/log-records.ts';
import { openLog } from './log-owner.ts';

const foreverMs = 60_000;

suite('when the thread that owns the log is gone', () => {
  test('every call ends, and a commit is in doubt', async () => {
    const { port1, port2 } = new MessageChannel();
    const log = new ThreadLog(port2);
    // Nobody answers but for this.
    port1.on('message', ({ id, name }) => {
      if (name === 'openTransactional') port1.postMessage({ kind: 'result', id, name });
    });
    const producer = await log.transactionalProducer({ transactionalId: 'id' });
    const transaction = producer.begin();
    transaction.append(first, batchOf('perhaps'));
    const commit = transaction.commit();
    const consumer = log.consumer();
    const member = new TestMember(log, 'a').port;
    const calls: readonly Promise<unknown>[] = [
      consumer.poll(foreverMs),
      log.producer().append(first, batchOf('perhaps')),
      log.transactionalProducer({ transactionalId: 'other' }),
      log.admin.listTopics(),
      producer.begin().abort(),
      member.join(Buffer.from('a')),
      member.heartbeat(),
      log.producer().close(),
    ];

    port1.close();

    await Promise.all(calls.map((call) => assert.rejects(within(call), gone)));
    await assert.rejects(within(commit), (error: unknown) => {
      return error instanceof TransactionInDoubtError && gone(error.cause);
    });
    // From here on nothing was asked for, so nothing is in doubt.
    await assert.rejects(producer.begin().commit(), gone);
    await assert.rejects(consumer.poll(0), gone);
    consumer.assign([{ ...first, offset: 0 }]);
    consumer.close();
    member.close();
    await producer.close();
    await log.close();
  });

  test('a thread that is terminated is noticed', async () => {
    await using directory = await temporary();
    const { port1, port2 } = new MessageChannel();
    const owner = new Worker(new URL('./log-owner.ts', import.meta.url), {
      workerData: { directory: directory.path, port: port1 },
      transferList: [port1],
    });
    await once(owner, 'message');
    const log = new ThreadLog(port2);
    await createTopics(log);
    const consumer = log.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    const ended = assert.rejects(within(consumer.poll(foreverMs)), gone);

    await owner.terminate();

    await ended;
  });
});

suite('when a thread that uses a log is gone', () => {
  for (const how of ['exits', 'is terminated'] as const) {
    test(`nothing of it stays (${how})`, async () => {
      await using opened = await ownLog();
      const { port1, port2 } = new MessageChannel();
      serveLog(opened.log, port1);
      const holder = new Worker(new URL('./holding-thread.ts', import.meta.url), {
        workerData: { holds: port2 },
        transferList: [port2],
      });
      await once(holder, 'message');
      const other = new TestMember(opened.log, 'here');
      const joining = other.join();

      if (how === 'exits') holder.postMessage('exit');
      else await holder.terminate();

      // With the other member the rebalance would wait for it.
      await within(joining);
      assert.deepEqual(other.heard, ['here']);
      await opened.log.producer().append(first, batchOf('a'));
      assert.deepEqual(await valuesOf(opened.log), ['a']);
    });
  }

  test('the owner may let go of what it holds, and its calls end', async () => {
    await using opened = await ownLog();
    const { port1, port2 } = new MessageChannel();
    const served = serveLog(opened.log, port1);
    const log = new ThreadLog(port2);
    const producer = await log.transactionalProducer({ transactionalId: 'id' });
    const transaction = producer.begin();
    transaction.append(first, batchOf('never'));
    const consumer = log.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    const ended = assert.rejects(within(consumer.poll(foreverMs)), LogUnavailableError);

    await served.close();
    await served.close();

    await ended;
    await assert.rejects(transaction.commit(), LogUnavailableError);
    await opened.log.producer().append(first, batchOf('a'));
    assert.deepEqual(await valuesOf(opened.log), ['a']);
  });

  test('closing its log closes nobody else’s', async () => {
    await using opened = await ownLog();
    const { port1, port2 } = new MessageChannel();
    serveLog(opened.log, port1);
    const log = new ThreadLog(port2);
    await log.producer().append(first, batchOf('a'));

    await log.close();

    assert.deepEqual(await valuesOf(opened.log), ['a']);
    await assert.rejects(log.admin.listTopics(), LogUnavailableError);
  });
});

suite('between threads', () => {
  test('the memory of batches moves and is not copied', async () => {
    await using opened = await ownLog();
    const { port1, port2 } = new MessageChannel();
    const read: Uint8Array[] = [];
    const open = opened.log.consumer.bind(opened.log);
    opened.log.consumer = (options) => {
      const consumer = open(options);
      const poll = consumer.poll.bind(consumer);
      consumer.poll = async (timeoutMs) => {
        const fetched = await poll(timeoutMs);
        read.push(...fetched.map(({ bytes }) => bytes));
        return fetched;
      };
      return consumer;
    };
    serveLog(opened.log, port1);
    const log = new ThreadLog(port2);
    const batch = batchOf('a', 'b');

    await log.producer().append(first, batch);
    const values = await valuesOf(log);

    assert.deepEqual(values, ['a', 'b']);
    assert.equal(batch.recordCount, 0);
    assert.deepEqual(
      read.map(({ buffer }) => buffer instanceof ArrayBuffer && buffer.detached),
      read.map(() => true),
    );
    await log.close();
  });

  test('batches of a partition that was moved meanwhile are left out', async () => {
    const { port1, port2 } = new MessageChannel();
    const consumer = new ThreadLog(port2).consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    const polling = consumer.poll(foreverMs);
    consumer.assign([{ ...first, offset: 5 }]);
    const batches = { ...first, bytes: new Uint8Array(0), fromOffset: 0, nextOffset: 1 };
    const stale = { batches: { ...batches, endOffset: 9 }, stamp: 1 };
    const ends = [{ ...first, offset: 9 }];
    const result = { fetched: [stale], ends };
    port1.postMessage({ kind: 'result', id: 0, name: 'poll', result });

    assert.deepEqual(await polling, []);
    assert.equal(consumer.endOffset(first), 9);
    port1.close();
  });

  test('what wakes a poll that has ended does not wake the next', async () => {
    await using opened = await ownLog();
    const consumer = new ServedConsumer(opened.log.consumer());
    consumer.assign([{ position: { ...first, offset: 0 }, stamp: 1 }]);
    await consumer.poll(1, 0);

    consumer.wake(1);
    const polling = consumer.poll(2, foreverMs);
    await opened.log.producer().append(first, batchOf('a'));

    const { fetched } = await within(polling);
    assert.equal(fetched.length, 1);
  });

  test('calls that wait for the log are bounded', async () => {
    const { port1, port2 } = new MessageChannel();
    const log = new ThreadLog(port2);
    const calls = Array.from({ length: maxCallsInFlight }, () => log.admin.listTopics());

    const refused = log.admin.listTopics();

    await assert.rejects(refused, (error: unknown) => {
      return error instanceof LogUnavailableError && error.retriable;
    });
    const ended = Promise.all(calls.map((call) => assert.rejects(call, gone)));
    port1.close();
    await ended;
  });
});

function gone(error: unknown): boolean {
  return error instanceof LogUnavailableError && !error.retriable;
}

async function temporary() {
  const path = await mkdtemp(join(tmpdir(), 'logpose-thread-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function ownLog() {
  const directory = await temporary();
  const log = await openLog(directory.path);
  await createTopics(log);
  return {
    log,
    [Symbol.asyncDispose]: async () => {
      await log.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function valuesOf(log: Pick<EmbeddedLog, 'consumer' | 'admin'> | ThreadLog) {
  const [range] = await log.admin.offsetRanges([first]);
  const consumer = log.consumer();
  consumer.assign([{ ...first, offset: 0 }]);
  return readValues(consumer, range?.endOffset ?? 0);
}
