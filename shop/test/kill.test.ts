import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pino from 'pino';
import { checkWorld } from '../src/check/check-world.ts';
import { printReport } from '../src/check/print-report.ts';
import { readConfig } from '../src/config.ts';
import { system } from '../src/domain/surroundings.ts';
import { Random } from '../src/simulate/random.ts';
import { openWorld, type World } from '../src/world.ts';
import { rest } from './at-rest.ts';
import { ShopProcess } from './shop-process.ts';

const kills = Number(process.env['SHOP_TEST_KILLS'] ?? 3);
const actionsPerSecond = 200;
const buyersAtOnce = 4;
const seed = Number(process.env['SHOP_TEST_SEED'] ?? Date.now() % 1_000_000);

const directory = await mkdtemp(join(tmpdir(), 'shop-kill-'));
after(() => rm(directory, { recursive: true, force: true }));

const title = `killed ${kills} times under ${actionsPerSecond} actions a second`;

test(`${title}, nothing is lost or doubled`, async (context) => {
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const buyers = new Buyers();
  for (let kill = 0; kill < kills; kill++) {
    await using shop = await ShopProcess.start(directory, ['--rate', `${actionsPerSecond}`]);
    buyers.open(shop.address);
    await shop.runs(random.integer(300, 2_500));
    await shop.kill();
    await buyers.close();
  }
  await using world = await openWorld({
    config: readConfig(['--data-dir', directory, '--no-driver'], {}),
    surroundings: system,
    logger: pino({ level: 'silent' }),
    onPart: () => undefined,
  });
  await rest(world);
  const report = await checkWorld({
    log: world.log,
    prefix: 'basquiat',
    applicationId: 'onepiece-stream-aggregator',
    zones: ['Asia/Seoul'],
    sql: world.sql.witness,
  });
  context.diagnostic(`\n${printReport(report)}`);
  assert.deepEqual(await world.sql.reads.imbalances(), []);
  assert.equal(report.wrong, 0);
  await assertAcknowledged(world, buyers, context);
});

/** Visitors over HTTP, who remember what they were told; each order has a key of its own. */
class Buyers {
  readonly acknowledged = new Map<string, number>();
  #running: Promise<void> = Promise.resolve();
  #isOpen = false;
  #keys = 0;

  open(address: string): void {
    this.#isOpen = true;
    const buyers = Array.from({ length: buyersAtOnce }, () => this.#buy(address));
    this.#running = Promise.all(buyers).then(() => undefined);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#running;
  }

  async #buy(address: string): Promise<void> {
    while (this.#isOpen) {
      const key = `buyer-${++this.#keys}`;
      try {
        const response = await fetch(`${address}/api/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ productId: 6, quantity: 1 }),
        });
        if (response.status !== 201) continue;
        const { result } = Object(await response.json());
        this.acknowledged.set(key, result.orderId);
      } catch {
        // The shop was killed: whether it took this order, nobody knows; then the next one is open.
      }
    }
  }
}

async function assertAcknowledged(
  { sql }: World,
  { acknowledged }: Buyers,
  context: { diagnostic(text: string): void },
): Promise<void> {
  context.diagnostic(`${acknowledged.size} orders over HTTP were acknowledged`);
  assert.ok(acknowledged.size > 0);
  assert.equal(new Set(acknowledged.values()).size, acknowledged.size);
  for (const orderId of acknowledged.values()) {
    assert.notEqual(await sql.reads.order(orderId), undefined, `order ${orderId} is in the books`);
  }
}
