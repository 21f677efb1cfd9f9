import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { checkWorld } from '../../src/check/check-world.ts';
import { printReport } from '../../src/check/print-report.ts';
import { system } from '../../src/domain/surroundings.ts';
import { ReplayRowError } from '../../src/replay/replay-batch.ts';
import { replayFile } from '../../src/replay/replay-file.ts';
import { openReplayWorld } from '../../src/replay/replay-world.ts';
import { openSourceFile, type SourceFile } from '../../src/replay/source-file.ts';
import { allRows, assertTotals, type ExpectedTotals } from './shop-answers.ts';

const data = new URL('../../data/', import.meta.url);
const week = new URL('online-retail-week.csv.gz', data).pathname;

interface ExpectedWeek extends ExpectedTotals {
  readonly rows_total: number;
  readonly revenue_thousandths: number;
  readonly days: Readonly<Record<string, Readonly<Record<string, ExpectedDay>>>>;
}

interface ExpectedDay {
  readonly orders: number;
  readonly units: number;
  readonly cancels: number;
  readonly cancelUnits: number;
  readonly revenue: number;
}

async function expectedWeek(): Promise<ExpectedWeek> {
  const text = await readFile(new URL('online-retail-week.expected.json', data), 'utf8');
  const expected: ExpectedWeek = JSON.parse(text);
  return expected;
}

async function openWorld(zone: string) {
  const directory = await mkdtemp(join(tmpdir(), 'replay-'));
  const options = { directory, prefix: 'basquiat', applicationId: 'replay-test', zone };
  const world = await openReplayWorld(options);
  return {
    world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

suite('a week of a real shop', () => {
  for (const zone of ['UTC', 'Asia/Seoul']) {
    test(`comes to the totals that were counted apart, in days of ${zone}`, async () => {
      const expected = await expectedWeek();
      await using opened = await openWorld(zone);
      const { world } = opened;
      const file = await openSourceFile(week);

      const progress = await replayFile(
        { log: world.log, topics: world.topics, file },
        { speed: 'max', surroundings: system },
      );
      await world.settle();

      assert.equal(progress.rows, expected.rows_total);
      await assertTotals(world, expected);
      assert.deepEqual(await daysOf(world, zone), expected.days[zone]);
      const orders = await allRows(world, world.streams.stores.orders);
      const revenue = [...orders.values()].reduce((sum, row) => sum + row.revenue, 0);
      assert.equal(revenue, expected.revenue_thousandths);
      const { log } = world;
      const applicationId = 'replay-test';
      const report = await checkWorld({ log, prefix: 'basquiat', applicationId, zones: [zone] });
      assert.equal(report.wrong, 0, printReport(report));
    });
  }
});

test('a file that is replayed again changes nothing', async () => {
  await using opened = await openWorld('UTC');
  const { world } = opened;
  const file = sample(await openSourceFile(week), 300);
  const parts = { log: world.log, topics: world.topics, file };

  await replayFile(parts, { speed: 'max', surroundings: system });
  const again = await replayFile(parts, { speed: 'max', surroundings: system });
  await world.settle();

  assert.equal(again.rows, 300);
  const orders = await allRows(world, world.streams.stores.orders);
  const counted = [...orders.values()].reduce((sum, row) => sum + row.orders + row.cancels, 0);
  assert.equal(
    counted,
    Object.values(again.kinds).reduce((sum, n) => sum + n, 0),
  );
});

test('a stopped replay goes on where it was, and a row that is no event stops it', async () => {
  await using opened = await openWorld('UTC');
  const { world } = opened;
  const whole = sample(await openSourceFile(week), 200);
  const parts = { log: world.log, topics: world.topics };
  const stop = new AbortController();
  const options = { speed: 'max', surroundings: system, maxBatchRows: 50 } as const;

  await replayFile(
    { ...parts, file: whole },
    { ...options, signal: stop.signal, onProgress: ({ rows }) => rows >= 100 && stop.abort() },
  );
  const broken: SourceFile = {
    ...whole,
    async *rows() {
      let n = 0;
      for await (const row of whole.rows()) yield ++n === 170 ? ['?', ...row.slice(1)] : row;
    },
  };
  const failure = await replayFile({ ...parts, file: broken }, options).catch((error) => error);
  assert.ok(failure instanceof ReplayRowError);
  assert.match(failure.message, /row 170: InvoiceNo is of no known kind/);

  const done = await replayFile({ ...parts, file: whole }, options);
  await world.settle();
  assert.equal(done.rows, 200);
  const applicationId = 'replay-test';
  const check = { log: world.log, prefix: 'basquiat', applicationId, zones: ['UTC'] };
  const report = await checkWorld(check);
  assert.equal(report.wrong, 0, printReport(report));
  assert.equal(report.groups.find(({ group }) => group === 'events')?.sums['log'], 200);
});

type World = Awaited<ReturnType<typeof openWorld>>['world'];

async function daysOf({ streams }: World, zone: string) {
  const table = streams.stores.days.get(zone);
  assert.ok(table, `there are days of ${zone}`);
  const days = new Map<string, ExpectedDay>();
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  for await (const { key, value } of streams.app.store(table).fetchAll()) {
    const day = format.format(key.window.startMs);
    const before = days.get(day) ?? noDay;
    days.set(day, {
      orders: before.orders + value.orders,
      units: before.units + value.units,
      cancels: before.cancels + value.orderCancels,
      cancelUnits: before.cancelUnits + value.cancelUnits,
      revenue: before.revenue + value.revenue,
    });
  }
  return Object.fromEntries([...days].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const noDay: ExpectedDay = { orders: 0, units: 0, cancels: 0, cancelUnits: 0, revenue: 0 };

/** The first rows of a file, as if it had no others. */
function sample(file: SourceFile, count: number): SourceFile {
  return {
    ...file,
    async *rows() {
      let n = 0;
      for await (const row of file.rows()) {
        if (n++ >= count) return;
        yield row;
      }
    },
  };
}
