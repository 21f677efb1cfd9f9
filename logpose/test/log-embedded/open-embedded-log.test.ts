import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEmbeddedLog } from '../../src/embedded.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { orders, payments } from '../client/text-topics.ts';

const leaving = fileURLToPath(new URL('./leaving-child.ts', import.meta.url));

suite('openEmbeddedLog', () => {
  test('gives a log whose clients write and read', async (context) => {
    await using log = await openEmbeddedLog({ directory: await newDirectory(context) });
    await log.admin.createTopics([
      { topic: orders, partitions: 2 },
      { topic: payments, partitions: 1 },
    ]);
    await using producer = log.producer();
    await using writer = log.producer({ transactionalId: 'writer' });
    await using consumer = log.consumer({ topics: [orders], groupId: 'group' });

    await producer.send(orders, { key: 'ada', value: 'tea' });
    const read = await firstValue(consumer);
    await writer.transaction((tx) => tx.send(payments, { key: 'ada', value: 'paid' }));

    assert.equal(read, 'tea');
    await using paid = log.consumer({ topics: [payments], groupId: 'group' });
    assert.equal(await firstValue(paid), 'paid');
  });

  test('finds again what was there, and where a group was', async (context) => {
    const directory = await newDirectory(context);
    {
      await using log = await openEmbeddedLog({ directory });
      await log.admin.createTopics([{ topic: payments, partitions: 1 }]);
      await using producer = log.producer();
      await producer.send(payments, { key: 'ada', value: 'first' });
      await using consumer = log.consumer({ topics: [payments], groupId: 'group' });
      await firstValue(consumer);
      await consumer.commit();
      await producer.send(payments, { key: 'ada', value: 'second' });
    }

    await using log = await openEmbeddedLog({ directory });

    await using consumer = log.consumer({ topics: [payments], groupId: 'group' });
    assert.equal(await firstValue(consumer), 'second');
  });

  test('keeps no process alive that has nothing else to do', async (context) => {
    const directory = await newDirectory(context);

    const { status } = spawnSync(process.execPath, ['--conditions=source', leaving, directory], {
      timeout: 12_000,
    });

    assert.equal(status, 0);
    await using log = await openEmbeddedLog({ directory });
    assert.notDeepEqual(await log.admin.describeTopics([{ name: 'red' }]), [undefined]);
  });

  test('refuses a directory that is open already, and names who has it', async (context) => {
    const directory = await newDirectory(context);
    await using _log = await openEmbeddedLog({ directory });

    const second = openEmbeddedLog({ directory });

    await assert.rejects(second, (error) => {
      assert(error instanceof ConfigError);
      assert.match(error.message, /is open in this process already/);
      return true;
    });
  });

  test('opens a directory again that was closed', async (context) => {
    const directory = await newDirectory(context);
    for (let round = 0; round < 3; round++) {
      await using log = await openEmbeddedLog({ directory });
      await log.admin.groups();
    }
  });

  test('refuses options that are out of range, all at once', async (context) => {
    const directory = await newDirectory(context);

    const opening = openEmbeddedLog({ directory, segmentBytes: 0, maxOpenFiles: 1.5 });

    await assert.rejects(opening, (error) => {
      assert(error instanceof ConfigError);
      assert.equal(error.problems.length, 2);
      return true;
    });
  });
});

async function firstValue(
  consumer: AsyncIterable<{ readonly records: readonly { readonly value: string | null }[] }>,
): Promise<string | null | undefined> {
  for await (const { records } of consumer) return records[0]?.value;
  return undefined;
}

async function newDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'logpose-log-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}
