/** A process that opens a log, writes, and ends without closing it. Argument: the directory. */
import { openEmbeddedLog } from '../../src/embedded.ts';

const [, , directory = ''] = process.argv;
const log = await openEmbeddedLog({ directory });
await log.admin.createTopics([{ topic: { name: 'red' }, partitions: 1 }]);
