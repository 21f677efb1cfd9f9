import assert from 'node:assert/strict';
import type { AnyStore, Serde, StoreHandle, StreamsApp } from 'logpose';
import { must } from '../../src/base/assert.ts';
import { StoreDamagedError, StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { show } from './check-topics.ts';
import type { Instance } from './instance.ts';
import { type Contents, decoded, linesOf } from './model/contents.ts';
import type { PartitionModel, Recomputed } from './model/recompute.ts';
import { type Line, textOf } from './model/rows.ts';
import { windowKey } from './model/task-model.ts';
import { never } from './settings.ts';
import { applicationId } from './topics.ts';
import { turns } from './turns.ts';
import type { World } from './world.ts';

/** What each store answers, as sorted lines. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** Asks every store for everything, at any instance, again while one of them is restored. */
export async function answersOf(instances: readonly Instance[]): Promise<Answers> {
  const answers = await Promise.all(instances.map(answersOfOne));
  const [first] = answers;
  for (const other of answers) assert.deepEqual(other, first, 'instances answer alike');
  return must(first, 'an instance runs');
}

async function answersOfOne(instance: Instance): Promise<Answers> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await askAll(instance);
    } catch (error) {
      const passes = error instanceof StoreUnavailableError || error instanceof StoreDamagedError;
      if (!passes || attempt > maxAttempts) throw error;
      await turns(20);
    }
  }
}

const maxAttempts = 1000;

async function askAll({ app, stores }: Instance): Promise<Answers> {
  const { profiles, lengths, customerCents, latest, skuCounts, skuSums } = stores;
  const { tierCounts, tierMembers, tierWeights, tumbling, hopping, daily, seen } = stores;
  const texts = [profiles, tierMembers].map((table) => tableAnswer(app, table));
  const numbers = [lengths, customerCents, latest, skuCounts, tierCounts, tierWeights].map(
    (table) => tableAnswer(app, table),
  );
  const counts = [tumbling, hopping].map((table) => windowAnswer(app, table));
  const others = [tableAnswer(app, skuSums), windowAnswer(app, daily), plainAnswer(app, seen)];
  return new Map(await Promise.all([...texts, ...numbers, ...counts, ...others]));
}

type Answer = Promise<readonly [store: string, lines: readonly string[]]>;

async function tableAnswer<V>(
  app: StreamsApp,
  table: StoreHandle<'timestamped-key-value', string, V>,
): Answer {
  const lines: string[] = [];
  for await (const { key, value, timestamp } of app.store(table).range()) {
    lines.push(show({ key, value: textOf(value), timestamp }));
  }
  return [String(table.name), lines.toSorted()];
}

async function windowAnswer<V>(
  app: StreamsApp,
  table: StoreHandle<'timestamped-window', string, V>,
): Answer {
  const lines: string[] = [];
  for await (const { key, value, timestamp } of app.store(table).fetchAll()) {
    const text = windowKey(key.key, key.window.startMs);
    lines.push(show({ key: text, value: textOf(value), timestamp }));
  }
  return [String(table.name), lines.toSorted()];
}

async function plainAnswer<V>(app: StreamsApp, store: StoreHandle<'key-value', string, V>): Answer {
  const lines: string[] = [];
  for await (const { key, value } of app.store(store).range()) {
    lines.push(`${key} = ${textOf(value)}`);
  }
  return [String(store.name), lines.toSorted()];
}

/** Stores answer what was recomputed. */
export function checkAnswers(answers: Answers, { partitions }: Recomputed): void {
  for (const [store, found] of answers) {
    const expected = partitions.flatMap((partition) => [...rowsOf(partition, store)]);
    assert.deepEqual(found, expected.toSorted(), `what store ${store} answers`);
  }
}

function* rowsOf({ task, bySku }: PartitionModel, name: string): Generator<string> {
  const { rows } = must(task.stores.get(name), 'the model has every store');
  const expiredUpToMs = bySku.windows.get(name)?.expiredUpToMs() ?? Number.NEGATIVE_INFINITY;
  for (const [key, { value, timestamp }] of rows) {
    const startMs = Number(key.split('@')[1] ?? Number.POSITIVE_INFINITY);
    if (startMs <= expiredUpToMs) continue;
    if (name === 'seen') yield `${key} = ${textOf(value)}`;
    else yield show({ key, value: textOf(value), timestamp });
  }
}

/** A handle, as far as reading values goes. */
type KnownStore = AnyStore & { readonly value: Pick<Serde<unknown>, 'decode'> };

/**
 * Changelogs have changes in their order, those of last writes among them, and come to the rows
 * that the stores have.
 */
export function checkChangelogs(
  { settings }: World,
  { contents, stores }: { readonly contents: Contents; readonly stores: readonly KnownStore[] },
  { partitions }: Recomputed,
): void {
  for (const store of stores) {
    const topic = `${applicationId}-${store.name}-changelog`;
    partitions.forEach(({ task }, partition) => {
      const model = must(task.stores.get(String(store.name)), 'the model has every store');
      const records = contents.get(topic)?.[partition] ?? [];
      const found = linesOf(records, formatOf(store));
      const rows = [...model.rows].map(([key, row]) => rowLine(key, row));
      assert.deepEqual(
        [...fold(found)].toSorted(),
        rows.toSorted(),
        `rows of ${topic}-${partition}`,
      );
      // A commit leaves out a row of it that came and went in between.
      if (settings.emit === 'each-commit' && store.name === 'lengths') return;
      const where = `${topic}-${partition}`;
      const isWhole = settings.log.cleaningIntervalMs === never;
      const check = isWhole ? assert.deepEqual : assertPart;
      check(found.map(show), model.changelog.map(show), where);
    });
  }
}

/** Compaction leaves changes out that later ones of the same key have made old. */
function assertPart(found: readonly string[], whole: readonly string[], where: string): void {
  let at = 0;
  for (const each of whole) if (found[at] === each) at++;
  assert.equal(at, found.length, `${where} has ${found[at]}, which is not of these: ${whole}`);
}

function rowLine(
  key: string,
  { value, timestamp }: { readonly value: unknown; readonly timestamp: number },
): string {
  return show({ key, value: textOf(value), timestamp });
}

function fold(lines: readonly Line[]): readonly string[] {
  const rows = new Map<string, string>();
  for (const line of lines) {
    if (line.value === null) rows.delete(String(line.key));
    else rows.set(String(line.key), show(line));
  }
  return [...rows.values()];
}

const windowSuffixBytes = 12;

function formatOf({ storeKind, value }: KnownStore) {
  return {
    key: (bytes: Buffer): string => {
      if (!storeKind.endsWith('window')) return String(bytes);
      const end = bytes.length - windowSuffixBytes;
      return windowKey(String(bytes.subarray(0, end)), Number(bytes.readBigInt64BE(end)));
    },
    value: (bytes: Buffer): string => textOf(decoded<unknown>(value, bytes)),
  };
}
