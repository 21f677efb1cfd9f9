import assert from 'node:assert/strict';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import { type ContractCase, createTopics, first, noPartition, second } from './contract-case.ts';
import { batchOf, readRecords, readValues } from './log-records.ts';

export function logWritingCases(it: ContractCase): void {
  it('appending answers with the offset of the first record', async (port) => {
    await createTopics(port);
    const producer = port.producer();

    const offsets = [
      await producer.append(first, batchOf('a', 'b')),
      await producer.append(first, batchOf('c')),
      await producer.append(second, batchOf('d')),
    ];

    assert.deepEqual(offsets, [0, 2, 0]);
  });

  it('batches stand in the order of the calls, awaited or not', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    const values = Array.from({ length: 100 }, (_, index) => String(index));

    const offsets = await Promise.all(
      values.map((value) => producer.append(first, batchOf(value))),
    );

    assert.deepEqual(offsets, values.map(Number));
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    assert.deepEqual(await readValues(consumer, 100), values);
  });

  it('a builder belongs to the caller again when its batch is there', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    const batch = batchOf('a');
    await producer.append(first, batch);
    batch.clear();

    await producer.append(first, batchOf('b'));

    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    assert.deepEqual(await readValues(consumer, 2), ['a', 'b']);
  });

  it('producers write to one partition without losing anything', async (port) => {
    await createTopics(port);
    const producers = [port.producer(), port.producer(), port.producer()];

    await Promise.all(
      producers.flatMap((producer, who) =>
        Array.from({ length: 20 }, (_, index) =>
          producer.append(first, batchOf(`${who}:${index}`)),
        ),
      ),
    );

    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    const read = await readRecords(consumer, 60);
    assert.deepEqual(
      read.map((record) => record.offset),
      Array.from({ length: 60 }, (_, at) => at),
    );
    for (const who of ['0', '1', '2']) {
      const own = read.filter((record) => record.value?.startsWith(`${who}:`));
      assert.deepEqual(
        own.map((record) => record.value),
        ownValues(who),
      );
    }
  });

  it('a partition that is not there takes nothing', async (port) => {
    await createTopics(port);
    const producer = port.producer();

    await assert.rejects(
      producer.append({ topic: 'nowhere', partition: 0 }, batchOf('a')),
      noPartition,
    );
    await assert.rejects(
      producer.append({ topic: 'first', partition: 1 }, batchOf('a')),
      noPartition,
    );
  });

  it('a closed log takes nothing', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    await port.close();

    await assert.rejects(producer.append(first, batchOf('a')), LogUnavailableError);
  });
}

function ownValues(who: string): readonly string[] {
  return Array.from({ length: 20 }, (_, index) => `${who}:${index}`);
}
