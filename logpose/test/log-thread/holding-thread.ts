import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { ThreadLog } from '../../src/log-thread/thread-log.ts';
import { TestMember } from '../contract/group-members.ts';
import { batchOf } from '../contract/log-records.ts';

/** A thread that holds one of everything of a log, says so, and ends when it is told. */
async function hold(port: MessagePort): Promise<void> {
  const log = new ThreadLog(port);
  const place = { topic: 'first', partition: 0 };
  const member = new TestMember(log, 'in a thread');
  await member.join();
  await member.sync();
  const consumer = log.consumer();
  consumer.assign([{ ...place, offset: 0 }]);
  void consumer.poll(60_000);
  const producer = await log.transactionalProducer({ transactionalId: 'id' });
  const transaction = producer.begin();
  transaction.append(place, batchOf('never'));
  // What was sent before is there when this is answered.
  await log.admin.listTopics();
  parentPort?.once('message', () => process.exit(1));
  parentPort?.postMessage('holding');
}

if (!isMainThread && isPortData(workerData)) await hold(workerData.holds);

function isPortData(data: unknown): data is { readonly holds: MessagePort } {
  return typeof data === 'object' && data !== null && 'holds' in data;
}
