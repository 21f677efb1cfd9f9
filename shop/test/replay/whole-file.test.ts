import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { suite, type TestContext, test } from 'node:test';
import { checkWorld } from '../../src/check/check-world.ts';
import { printReport } from '../../src/check/print-report.ts';
import { system } from '../../src/domain/surroundings.ts';
import { replayFile } from '../../src/replay/replay-file.ts';
import { openReplayWorld } from '../../src/replay/replay-world.ts';
import { openSourceFile } from '../../src/replay/source-file.ts';
import { allRows, assertTotals, type ExpectedTotals, topOf } from './shop-answers.ts';

const besideTheProject = new URL('../../../../shared/data', import.meta.url).pathname;
const folder = process.env['SHOP_TEST_DATA'] ?? besideTheProject;

interface Expected extends ExpectedTotals {
  readonly rows_total: number;
}

/** Why a file's test cannot run; false when it can. */
function missing(name: string): string | false {
  const path = join(folder, `${name}.csv.gz`);
  return existsSync(path) ? false : `${path} is not there; SHOP_TEST_DATA names its folder`;
}

async function replayed(name: string, context: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'replay-whole-'));
  const applicationId = 'replay-test';
  const startMs = performance.now();
  const options = { directory, prefix: 'basquiat', applicationId, zone: 'UTC' };
  const world = await openReplayWorld(options);
  const file = await openSourceFile(join(folder, `${name}.csv.gz`));
  const parts = { log: world.log, topics: world.topics, file };
  const progress = await replayFile(parts, { speed: 'max', surroundings: system });
  await world.settle();
  const seconds = (performance.now() - startMs) / 1_000;
  context.diagnostic(`${progress.rows} rows counted after ${seconds.toFixed(1)} s`);
  const text = await readFile(join(folder, `${name}.expected.json`), 'utf8');
  const expected: Expected = JSON.parse(text);
  return {
    world,
    progress,
    expected,
    check: () => checkWorld({ log: world.log, prefix: 'basquiat', applicationId, zones: ['UTC'] }),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

suite('whole files', () => {
  test('a year of a real shop comes to its published totals', {
    skip: missing('online-retail'),
  }, async (context) => {
    await using run = await replayed('online-retail', context);

    assert.equal(run.progress.rows, run.expected.rows_total);
    await assertTotals(run.world, run.expected);
    const report = await run.check();
    assert.equal(report.wrong, 0, printReport(report));
  });

  test('the clicks of a cosmetics shop come to theirs', {
    skip: missing('rees46-cosmetics'),
  }, async (context) => {
    await using run = await replayed('rees46-cosmetics', context);
    const { world, expected } = run;
    const { stores } = world.streams;

    assert.deepEqual(run.progress.kinds, expected.rows_per_event_type);
    const found = {
      view: topOf(await allRows(world, stores.views), (count) => count),
      cart: topOf(await allRows(world, stores.reservationsMade), ({ count }) => count),
      remove_from_cart: topOf(
        await allRows(world, stores.reservationsCancelled),
        ({ count }) => count,
      ),
      purchase: topOf(await allRows(world, stores.orders), ({ orders }) => orders),
    };
    assert.deepEqual(found, expected.top5);
    const report = await run.check();
    assert.equal(report.wrong, 0, printReport(report));
  });
});
