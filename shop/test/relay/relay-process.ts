// A shop's back office that dies at one point of its relay's work: for relay.test.ts.
import process from 'node:process';
import { openEmbeddedLog } from 'logpose/embedded';
import { system } from '../../src/domain/surroundings.ts';
import { Relay, type RelayPoint } from '../../src/relay/relay.ts';
import { openSql } from '../../src/sql/open-sql.ts';
import { allTopics, ensureTopics, shopTopics } from '../../src/topics.ts';

const [directory = '', point, orders = '0'] = process.argv.slice(2);
const sql = await openSql({ directory });
const log = await openEmbeddedLog({ directory: `${directory}/log`, fsync: 'never' });
const topics = shopTopics();
await ensureTopics(log, allTopics(topics));
if ((await sql.reads.products({ limit: 1 })).length === 0) {
  const text = { name: 'x', nameEn: null, category: '', price: 1 };
  for (let n = 0; n < 3; n++) {
    await sql.writes.submit({
      command: { kind: 'create-product', text, quantity: 10_000 },
      source: 'system',
    });
  }
}

let rounds = 0;
const relay = new Relay({
  log,
  topics,
  outbox: sql.outbox,
  surroundings: system,
  onError: (error) => {
    throw error;
  },
  onPoint: async (reached: RelayPoint) => {
    if (reached === 'settled') rounds++;
    // The second batch of this process: the first one has settled what was left in doubt.
    if (reached === point && rounds >= 1) process.kill(process.pid, 'SIGKILL');
  },
});
relay.start();
for (let n = 0; n < Number(orders); n++) {
  await sql.writes.submit({
    command: { kind: 'place-order', productId: 1 + (n % 3), quantity: 1 },
    source: 'api',
  });
  relay.wake();
}
// The relay goes on until it dies; a time-out of the test ends a process that does not.
setInterval(() => relay.wake(), 20);
