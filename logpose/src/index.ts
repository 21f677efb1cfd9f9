export { noHeaders } from './record/headers.ts';
