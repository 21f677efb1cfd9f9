import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { system } from '../../src/domain/surroundings.ts';
import { openShop } from '../../src/open-shop.ts';
import { HttpActions } from '../../src/simulate/http-actions.ts';
import { Simulation } from '../../src/simulate/simulation.ts';

test('customers over HTTP order, reserve and settle in a shop that is open', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'simulate-'));
  {
    const flags = ['--data-dir', directory, '--port', '0', '--no-driver'];
    await using shop = await openShop({
      config: readConfig(flags, {}),
      surroundings: system,
      logger: pino({ level: 'silent' }),
      onPart: () => undefined,
    });
    const zone = 'Asia/Seoul';
    const actions = new HttpActions({ address: shop.address, zone, surroundings: system });
    const failures: unknown[] = [];
    const simulation = new Simulation(
      { actions, surroundings: system, zone, seed: 7, onFailure: (error) => failures.push(error) },
      { customers: 10, rate: 1_000, paused: false },
    );

    simulation.start();
    const enough = async (): Promise<boolean> => {
      const { 'order COMPLETED': orders = 0, 'reservation CONFIRMED': confirmed = 0 } =
        await shop.world.sql.reads.totals();
      return orders > 0 && confirmed > 0;
    };
    const deadlineMs = Date.now() + 60_000;
    while (!(await enough()) && Date.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    simulation.stop();

    assert.ok(await enough(), JSON.stringify(simulation.report()));
    assert.deepEqual(failures, []);
    assert.deepEqual(await shop.world.sql.reads.imbalances(), []);
  }
  await rm(directory, { recursive: true });
});
