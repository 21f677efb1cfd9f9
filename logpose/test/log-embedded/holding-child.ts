/** A process that holds a log until it is killed. Argument: the directory. */
import { writeSync } from 'node:fs';
import { openEmbeddedLog } from '../../src/embedded.ts';

const [, , directory = ''] = process.argv;
const log = await openEmbeddedLog({ directory });
writeSync(1, `${process.pid}\n`);
// What is not settled keeps no process alive; a timer does.
setInterval(() => log.admin.groups(), 1_000_000);
