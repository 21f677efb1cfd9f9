/**
 * A process that commits the same number to three partitions, again and again, until it is killed.
 *
 * Arguments: directory, fsync, first number. Says each number on standard output once it is there.
 */
import { writeSync } from 'node:fs';
import { portOf } from '../../src/client/create-log.ts';
import { openEmbeddedLog } from '../../src/embedded.ts';
import { batchOf } from '../contract/log-records.ts';

const [, , directory = '', fsync, from] = process.argv;
const log = await openEmbeddedLog({
  directory,
  fsync: fsync === 'commit' ? 'commit' : 'interval',
  segmentBytes: 20_000,
  maxJournalBytes: 20_000,
});
const port = portOf(log);
await port.admin.createTopics([{ name: 'numbers', partitions: 3 }]);
const producer = await port.transactionalProducer({ transactionalId: 'writer' });
for (let number = Number(from); ; number++) {
  const transaction = producer.begin();
  for (const partition of [0, 1, 2]) {
    transaction.append({ topic: 'numbers', partition }, batchOf(`${number}`));
  }
  const position = { topic: 'numbers', partition: 0, offset: number };
  await transaction.commit({ groupId: 'group', offsets: [{ ...position, metadata: '' }] });
  writeSync(1, `${number}\n`);
  // Leaves room for timers, as a process with other work does.
  if (number % 20 === 0) await new Promise(setImmediate);
}
