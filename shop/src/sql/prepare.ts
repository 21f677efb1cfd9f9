// Run once by `npm install`: takes seconds out of every first start.
import { prepareDatabaseFiles } from './database-files.ts';

console.log(`prepared ${await prepareDatabaseFiles()}`);
