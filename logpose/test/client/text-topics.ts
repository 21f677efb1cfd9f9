import { createLog } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { topic } from '../../src/record/topic.ts';
import type { Serde } from '../../src/serde/serde.ts';
import { ReferenceLog } from '../contract/reference-log.ts';

/** Text that refuses to be `'bad'` in both directions, so that tests can make a serde fail. */
export const text: Serde<string> = {
  encode: (value, to) => to.utf8(checked(value)),
  decode: (bytes, start, end) => checked(Buffer.from(bytes.subarray(start, end)).toString()),
  holds: 'primitive',
  identity: (value) => value,
};

export const orders = topic('orders', { key: text, value: text });
export const payments = topic('payments', { key: text, value: text });
/** The bytes of `orders`, refused by nobody. */
export const rawOrders = topic('orders', { key: text, value: { ...text, encode: writeAny } });

/** A log with `orders` of two partitions and `payments` of one. */
export async function openLog(): Promise<Log> {
  const log = createLog(new ReferenceLog(), { compressions: builtInCompressions });
  await log.admin.createTopics([
    { topic: orders, partitions: 2 },
    { topic: payments, partitions: 1 },
  ]);
  return log;
}

function writeAny(value: string, to: Parameters<Serde<string>['encode']>[1]): void {
  to.utf8(value);
}

function checked(value: string): string {
  if (value === 'bad') throw new TypeError('bad text');
  return value;
}
