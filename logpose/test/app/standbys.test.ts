import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { until } from './app-kit.ts';
import { type Instance, partitions, Stage } from './instances-kit.ts';

const visits = 2000;
/** Both subtopologies have stores. */
const all = 2 * partitions;

suite('standbys', () => {
  test('are kept by other instances than the task, and keep up with it', async () => {
    await using stage = await Stage.open();
    const [first, second] = [await kept(stage, 'one'), await kept(stage, 'other')];

    await stage.send(visits);
    await stage.settle();
    await warm(first, second);

    for (const { app, tasks } of [first, second]) {
      const standbys = [...standbysOf(app).keys()];
      assert.equal(standbys.length, all / 2);
      assert.deepEqual(
        standbys.filter((id) => tasks().includes(id)),
        [],
      );
    }
  });

  test('take over from an abandoned instance without reading its state anew', async (t) => {
    await using stage = await Stage.open();
    const [first, second] = [await kept(stage, 'one'), await kept(stage, 'other')];
    await stage.send(visits);
    await stage.settle();
    await warm(first, second);
    const restored = countRestored(second.app);

    first.app.abandon();
    await until('the other has all tasks', () => second.tasks().length === all);
    await second.app.ready();

    const state = await changelogRecords(stage);
    t.diagnostic(`${restored.records()} of ${state} changelog records were read`);
    assert.ok(restored.records() <= state / 50, `${restored.records()} of ${state}`);
    await stage.send(100);
    await stage.settle();
  });

  test('read everything where there is none', async () => {
    await using stage = await Stage.open();
    const [first, second] = [await stage.running(), await stage.running()];
    await stage.send(visits);
    await stage.settle();
    const restored = countRestored(second.app);

    first.app.abandon();
    await until('the other has all tasks', () => second.tasks().length === all);
    await second.app.ready();

    assert.ok(restored.records() > (await changelogRecords(stage)) / 4);
    await stage.settle();
  });

  test('are what tasks become that move away: their stores are not read again', async () => {
    await using stage = await Stage.open();
    const first = await kept(stage, 'one');
    await stage.send(visits);
    await stage.settle();
    const worst = new Map<string, number>();

    const second = await kept(stage, 'other');
    await until('the first keeps what it gave away', () => {
      for (const [id, lag] of standbysOf(first.app))
        worst.set(id, Math.max(worst.get(id) ?? 0, lag));
      return worst.size === all / 2;
    });
    await warm(first, second);

    assert.ok(Math.max(...worst.values()) < visits / 20, String([...worst]));
    second.app.abandon();
    await until('the first has all again', () => first.tasks().length === all);
    await stage.send(100);
    await stage.settle();
  });

  test('lose and double nothing while tasks come and go', async () => {
    await using stage = await Stage.open();
    const first = await kept(stage, 'one');
    stage.letCome();
    await stage.progress();
    const second = await kept(stage, 'two');
    await stage.progress();
    const third = await kept(stage, 'three');
    await stage.progress();
    first.app.abandon();
    await stage.progress();
    await second.app.close();
    await stage.progress();
    const again = await kept(stage, 'one');
    await stage.progress();

    await stage.settle();
    await warm(third, again);
  });

  test('whose files are damaged are read from the beginning', async () => {
    await using stage = await Stage.open();
    const first = await kept(stage, 'one');
    const second = await kept(stage, 'other');
    await stage.send(visits);
    await stage.settle();
    await warm(first, second);
    const standbys = [...standbysOf(second.app).keys()];
    await second.app.close();
    for (const id of standbys) await damage(join(stage.directory, 'other', 'app', id));

    const again = await kept(stage, 'other');
    await warm(first, again);
    first.app.abandon();
    await until('it has all tasks', () => again.tasks().length === all);
    await stage.send(100);
    await stage.settle();

    assert.ok(
      again.errors.some((error) => error.includes('damaged')),
      again.errors.join(),
    );
  });
});

/** An instance with files of its own, and with one standby of each task wherever there is room. */
function kept(stage: Stage, directory: string): Promise<Instance> {
  const stateDirectory = join(stage.directory, directory);
  return stage.running({ standbys: 1, stateDirectory });
}

/** By task, how many records an instance’s standbys are behind. */
function standbysOf(app: StreamsApp): ReadonlyMap<string, number> {
  const found = app.metrics().filter(({ name }) => name === 'standby-lag');
  return new Map(found.map(({ tags, value }) => [tags['task'] ?? '', value]));
}

/** Waits until every task has a standby among these instances that has everything. */
async function warm(...instances: readonly Instance[]): Promise<void> {
  await until('standbys have everything', () => {
    const lags = instances.flatMap(({ app }) => [...standbysOf(app).values()]);
    return lags.length === all && lags.every((lag) => lag === 0);
  });
}

/** Changelog records that an instance reads from now on to bring tasks' stores up. */
function countRestored(app: StreamsApp) {
  const most = new Map<string, number>();
  app.on('restore', ({ store, partition, lag }) => {
    const key = `${store} ${partition}`;
    most.set(key, Math.max(most.get(key) ?? 0, lag));
  });
  return { records: () => [...most.values()].reduce((sum, lag) => sum + lag, 0) };
}

/** Records that all changelogs have. */
async function changelogRecords({ port }: Stage): Promise<number> {
  const topics = (await port.admin.listTopics()).filter((name) => name.endsWith('-changelog'));
  const places = topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  );
  const ranges = await port.admin.offsetRanges(places);
  return ranges.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0);
}

/** Cuts a task's file of rows in half. */
async function damage(directory: string): Promise<void> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const data = files.filter((file) => file.isFile() && file.name === 'data.mdb');
  assert.ok(data.length > 0, `no rows in ${directory}`);
  for (const { parentPath, name } of data) truncateSync(join(parentPath, name), 8192);
}
