import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import type { Batch, Consumer } from '../../src/client/consumer.ts';
import { createLog, portOf } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { LogUnavailableError, NotAMemberError } from '../../src/errors/log-errors.ts';
import { DecodeError } from '../../src/errors/record-errors.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { within } from '../contract/group-members.ts';
import { ReferenceLog } from '../contract/reference-log.ts';
import { openLog, orders, payments, rawOrders } from './text-topics.ts';

const groupId = 'group';
const partitions = [0, 1].map((partition) => ({ topic: 'orders', partition }));

suite('consumers of a group', () => {
  test('share the partitions of their topics', async () => {
    await using log = await openLog();
    await using one = new Reader(log);
    await one.has(0, 1);
    await using other = new Reader(log);
    await other.has(1);
    await one.has(0);

    await send(log, 'a', 'b');

    await one.read('a');
    await other.read('b');
  });

  test('take over what one has that is closed', async () => {
    await using log = await openLog();
    await using one = new Reader(log);
    await using other = new Reader(log);
    await send(log, 'a', 'b');
    await until(() => one.values.length + other.values.length === 2);

    await one.close();
    await send(log, 'c', 'd');

    await until(() => other.values.includes('c') && other.values.includes('d'));
    assert.deepEqual([...one.values, ...other.values].toSorted(), ['a', 'b', 'c', 'd']);
  });

  test('lose nothing and double nothing while some come and go', async () => {
    await using log = await openLog();
    const readers = [new Reader(log)];
    const values = Array.from({ length: 200 }, (_, index) => `value ${index}`);

    for (const [index, value] of values.entries()) {
      await send(log, value);
      if (index % 10 === 3) readers.push(new Reader(log));
      if (index % 10 === 8) await readers.at(-2)?.close();
    }

    const read = (): readonly string[] => readers.flatMap((reader) => reader.values);
    await until(() => read().length >= values.length);
    await Promise.all(readers.map((reader) => reader.close()));
    assert.deepEqual(read().toSorted(), values.toSorted());
  });

  test('have one without a partition when there are more of them than partitions', async () => {
    await using log = await openLog();
    await using one = new Reader(log);
    await one.has(0, 1);
    await using two = new Reader(log);
    await two.has(1);
    await using three = new Reader(log);
    await until(async () => (await stateOf(log)) === 'Stable');

    await send(log, 'a', 'b');
    await one.read('a');
    await two.read('b');
    await one.close();
    await send(log, 'c');

    await three.read('c');
  });

  test('end their membership when they are closed', async () => {
    await using log = await openLog();
    const one = new Reader(log);
    await one.has(0, 1);

    await one.close();

    assert.notEqual(await stateOf(log), 'Stable');
  });

  test('fail when the log is closed', async () => {
    const log = await openLog();
    await using one = new Reader(log);
    await one.has(0, 1);

    await log[Symbol.asyncDispose]();

    await assert.rejects(within(one.ended), LogUnavailableError);
  });
});

suite('the batch in hand', () => {
  test('can be committed before its partition goes to another', async () => {
    await using log = await openLog();
    await send(log, 'a', 'b');
    await using one = log.consumer({ topics: [orders], groupId });
    const batch = await next(one);
    await using other = new Reader(log);
    await until(async () => (await stateOf(log)) === 'Stable');

    await one.commit(batch);
    const second = next(one);
    await one.commit(await within(second));
    void next(one);

    await until(async () => (await stateOf(log)) === 'Stable');
    await send(log, 'c', 'd');
    await until(() => other.values.length === 1);
  });

  test('cannot be committed by who has lost its partition, and nothing of it is', async () => {
    const { log, clock } = await openTimedLog();
    await using _ = log;
    await send(log, 'a', 'b', 'c');
    const late = log.consumer({ topics: [orders], groupId, maxPollIntervalMs: 1_000 });
    await using __ = late;
    await using producer = log.producer({ transactionalId: 'relay' });
    const batch = await next(late);
    const warned = once(process, 'warning');

    clock.advance(1_000);

    const [warning] = await within(warned);
    assert.equal(warning.code, 'LOGPOSE_CONSUMER_LATE');
    await assert.rejects(late.commit(batch), NotAMemberError);
    const relay = producer.transaction(async (tx) => {
      await tx.send(payments, { key: 'k', value: 'paid' });
      tx.sendOffsets(late, batch);
    });
    await assert.rejects(relay, NotAMemberError);
    assert.deepEqual(await committed(log), [undefined, undefined]);
    const again = await within(next(late));
    assert.deepEqual(valuesIn(again), ['a']);
    await assert.rejects(late.commit(batch), NotAMemberError);
    await late.commit(again);
    assert.deepEqual(await committed(log), [1, undefined]);
  });

  test('is taken to others when its consumer asks for no other', async () => {
    const { log, clock } = await openTimedLog();
    await using _ = log;
    await send(log, 'a', 'b');
    await using abandoned = log.consumer({ topics: [orders], groupId, maxPollIntervalMs: 1_000 });
    await abandoned.commit(await next(abandoned));
    await next(abandoned);
    const warned = once(process, 'warning');
    clock.advance(1_000);
    await within(warned);

    await using other = new Reader(log);

    await send(log, 'c', 'd');
    await other.read('b', 'c', 'd');
    assert.deepEqual(other.values.toSorted(), ['b', 'c', 'd']);
  });

  test('does not time out while the consumer waits for it', async () => {
    const { log, clock } = await openTimedLog();
    await using _ = log;
    await using one = new Reader(log, { maxPollIntervalMs: 1_000 });
    await one.has(0, 1);

    const warnings: Error[] = [];
    const keep = (warning: Error): void => void warnings.push(warning);
    process.on('warning', keep);
    clock.advance(10_000);
    await send(log, 'a');

    await one.read('a');
    process.off('warning', keep);
    assert.deepEqual(warnings, []);
  });

  test('is committed with the records of a transaction in its member’s name', async () => {
    await using log = await openLog();
    await send(log, 'a', 'b');
    await using one = log.consumer({ topics: [orders], groupId });
    await using elsewhere = log.consumer({ topics: [orders], groupId: 'elsewhere' });
    await using producer = log.producer({ transactionalId: 'relay' });
    const [mine, theirs] = [await next(one), await next(elsewhere)];

    await producer.transaction(async (tx) => tx.sendOffsets(one, mine));
    const both = producer.transaction(async (tx) => {
      tx.sendOffsets(one, mine);
      tx.sendOffsets(elsewhere, theirs);
    });

    await assert.rejects(both, ConfigError);
    assert.deepEqual(await committed(log), [1, undefined]);
  });
});

suite('a partition that goes to another consumer', () => {
  test('begins where the first of them began, whenever that was', async () => {
    await using log = await openLog();
    await send(log, 'early');
    const one = log.consumer({ topics: [orders], groupId, from: 'latest' });
    await one.endOffsets();
    const waiting = next(one);
    await until(async () => (await committed(log))[0] === 1);
    await one.close();
    await waiting.catch(() => undefined);
    await send(log, 'meanwhile');

    await using other = new Reader(log, { from: 'latest' });

    await other.read('meanwhile');
  });

  test('takes a record along that cannot be decoded', async () => {
    await using log = await openLog();
    const raw = log.producer();
    await raw.send(rawOrders, { key: 'k', value: 'bad', partition: 0 });
    await raw.send(rawOrders, { key: 'k', value: 'good', partition: 0 });
    const one = log.consumer({ topics: [orders], groupId });
    await assert.rejects(next(one), DecodeError);
    await one.close();

    await using other = log.consumer({ topics: [orders], groupId });

    await assert.rejects(next(other), DecodeError);
    other.seek({ topic: 'orders', partition: 0, offset: 1 });
    const good = await next(other);
    await other.commit(good);
    assert.deepEqual(valuesIn(good), ['good']);
    assert.deepEqual(await committed(log), [2, undefined]);
  });

  test('is not sought in by who had it', async () => {
    await using log = await openLog();
    await send(log, 'a', 'b');
    await using one = new Reader(log);
    await one.has(0, 1);
    await one.read('a', 'b');
    await using other = new Reader(log);
    await other.has(1);
    await one.has(0);

    one.consumer.seek({ topic: 'orders', partition: 1, offset: 0 });
    one.consumer.seek({ topic: 'orders', partition: 0, offset: 0 });

    await until(() => one.values.length === 3);
    assert.deepEqual(one.values.toSorted(), ['a', 'a', 'b']);
    await one.consumer.commit();
  });
});

/** A consumer whose loop keeps what it gets, and commits batch by batch. */
class Reader {
  readonly consumer: Consumer<string, string>;
  readonly values: string[] = [];
  readonly ended: Promise<void>;
  readonly #log: Log;

  constructor(
    log: Log,
    options: { readonly from?: 'latest'; readonly maxPollIntervalMs?: number } = {},
  ) {
    this.#log = log;
    this.consumer = log.consumer({ topics: [orders], groupId, ...options });
    this.ended = this.#run();
    this.ended.catch(() => undefined);
  }

  /** Resolves when it has exactly these partitions: when it reads what is sent to them. */
  async has(...expected: readonly number[]): Promise<void> {
    const ask = { key: 'k', value: 'who?' };
    const owners = (): readonly number[] => this.#asked.toSorted();
    await until(async () => {
      this.#asked.length = 0;
      for (const { partition } of partitions) {
        await this.#log.producer().send(orders, { ...ask, partition });
      }
      await until(async () => {
        const [first = 0, second = 0] = await committed(this.#log);
        const ends = await portOf(this.#log).admin.offsetRanges(partitions);
        return first === ends[0]?.endOffset && second === ends[1]?.endOffset;
      });
      return JSON.stringify(owners()) === JSON.stringify(expected);
    });
  }

  async read(...values: readonly string[]): Promise<void> {
    await until(() => values.every((value) => this.values.includes(value)));
  }

  async close(): Promise<void> {
    await this.consumer.close();
    await this.ended.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #asked: number[] = [];

  async #run(): Promise<void> {
    for await (const batch of this.consumer) {
      for (const { value, partition } of batch.records) {
        if (value === 'who?') this.#asked.push(partition);
        else this.values.push(value);
      }
      await this.consumer.commit(batch);
    }
  }
}

async function openTimedLog(): Promise<{ readonly log: Log; readonly clock: ManualClock }> {
  const clock = new ManualClock();
  const around = { compressions: builtInCompressions, surroundings: clock };
  const log = createLog(new ReferenceLog(), around);
  await log.admin.createTopics([
    { topic: orders, partitions: 2 },
    { topic: payments, partitions: 1 },
  ]);
  return { log, clock };
}

/** Sends values to the partitions of `orders` in turn. */
async function send(log: Log, ...values: readonly string[]): Promise<void> {
  const producer = log.producer();
  for (const [index, value] of values.entries()) {
    await producer.send(orders, { key: 'k', value, partition: index % 2 });
  }
}

async function committed(log: Log): Promise<readonly (number | undefined)[]> {
  const offsets = await portOf(log).admin.committedOffsets(groupId, partitions);
  return offsets.map((each) => each?.offset);
}

async function stateOf(log: Log): Promise<string | undefined> {
  return (await log.admin.groups()).find(({ id }) => id === groupId)?.state;
}

async function next<K, V>(consumer: Consumer<K, V>): Promise<Batch<K, V>> {
  for await (const batch of consumer) return batch;
  throw new Error('the consumer was closed');
}

function valuesIn<V>(batch: Batch<unknown, V>): readonly V[] {
  return batch.records.map((record) => record.value);
}

/** Waits for a condition, turn by turn of the event loop. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error('it did not come');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
