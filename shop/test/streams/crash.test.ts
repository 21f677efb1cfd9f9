import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEmbeddedLog } from 'logpose/embedded';
import { checkWorld } from '../../src/check/check-world.ts';
import { printReport } from '../../src/check/print-report.ts';
import { system } from '../../src/domain/surroundings.ts';
import type { ShopEvent } from '../../src/events/event-schemas.ts';
import { sendEvent } from '../../src/events/send-event.ts';
import { uuidV7 } from '../../src/events/uuid-v7.ts';
import { Random } from '../../src/simulate/random.ts';
import { shopStreams } from '../../src/streams/app.ts';
import { settle } from '../../src/streams/settle.ts';
import { allTopics, ensureTopics, shopTopics } from '../../src/topics.ts';

const applicationId = 'crash-test';
const crashes = 5;

/** Something that happens in a shop, by chance. */
function happening(random: Random): ShopEvent {
  const productCode = String(random.integer(1, 30));
  const occurredAt = Date.now() - random.integer(0, 3 * 86_400_000);
  const common = { v: 1, id: uuidV7(system), source: 'simulate', productCode, occurredAt } as const;
  const bought = { quantity: random.integer(1, 3), unitPrice: random.integer(1, 900) };
  const reservationId = `${productCode}-${random.integer(1, 20)}`;
  const events: readonly ShopEvent[] = [
    { ...common, type: 'product.viewed', visitorId: `v${random.integer(1, 9)}` },
    { ...common, type: 'order.created', orderId: '1', ...bought },
    { ...common, type: 'order.cancelled', ...bought },
    { ...common, type: 'reservation.created', reservationId, ...bought },
    { ...common, type: 'reservation.confirmed', reservationId, quantity: 1 },
    { ...common, type: 'reservation.cancelled', reservationId, quantity: 1, reason: 'CUSTOMER' },
    { ...common, type: 'stock.adjusted', delta: -1, reason: 'damage' },
  ];
  return random.pick(events) ?? { ...common, type: 'product.viewed' };
}

test('streams that crash at any moment come to the numbers of a recount', async (context) => {
  const seed = Date.now() % 1_000_000;
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const directory = await mkdtemp(join(tmpdir(), 'crash-'));
  {
    await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
    const topics = shopTopics();
    await ensureTopics(log, allTopics(topics));
    await using producer = log.producer();
    const stateDirectory = join(directory, 'state');
    const open = () => shopStreams({ log, topics, applicationId, stateDirectory });

    for (let crash = 0; crash < crashes; crash++) {
      const streams = open();
      await streams.app.start();
      for (let n = random.integer(200, 600); n > 0; n--) {
        const sent = sendEvent(producer, topics.events, happening(random));
        if (random.chance(0.02)) await sent;
      }
      await new Promise((resolve) => setTimeout(resolve, random.integer(0, 400)));
      streams.app.abandon();
      // Nothing of it is left at work when this resolves.
      await streams.app.close();
    }
    const streams = open();
    await streams.app.start();
    await settle({ log, topics, streams, surroundings: system });
    await streams.app.close();

    const report = await checkWorld({
      log,
      prefix: 'basquiat',
      applicationId,
      zones: ['Asia/Seoul'],
    });
    assert.equal(report.wrong, 0, printReport(report));
    assert.ok(report.groups.some(({ group, keys }) => group === 'rankings' && keys > 0));
  }
  await rm(directory, { recursive: true });
});
