import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { must } from '../../src/base/assert.ts';
import { StoreUnavailableError } from '../../src/errors/store-errors.ts';
import type { StorePosition } from '../../src/query/answer.ts';
import type {
  SubscribeOptions,
  SubscriptionEvent,
} from '../../src/query/subscriptions/subscription-events.ts';
import { topic } from '../../src/record/topic.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from '../app/app-kit.ts';
import type { CommitEnd } from '../app/faulty-log.ts';
import { ValuedApp } from '../app/valued-table.ts';

const seeds = 25;
const steps = 60;
const partitions = 2;
const maxInstances = 3;
const keys = ['sun', 'moon', 'sea', 'stars', 'wind', 'sand'];
const changelog = topic('app-values-changelog', { key: utf8, value: nullable(int64) });

test('whatever happens, snapshot and changes come to the committed rows', async (t) => {
  const only = process.env['SEED'];
  const first = only === undefined ? Math.floor(Math.random() * 1e9) : Number(only);
  const last = only === undefined ? first + seeds : first + 1;
  for (let seed = first; seed < last; seed++) {
    await t.test(`SEED=${seed}`, () => holds(seed));
  }
});

/** Random updates, aborts, starts and ends of instances; readers follow whoever is there. */
async function holds(seed: number): Promise<void> {
  const random = new ManualClock(0, seed);
  const pick = <T>(list: readonly T[]): T =>
    must(list[Math.floor(random.random() * list.length)], 'something to pick from');
  await using world = await World.open(partitions);
  const ends: readonly CommitEnd[] = ['commit', 'commit', 'abort', 'doubt-committed', 'doubt-lost'];
  world.port.endOf = () => pick(ends);
  const instances: ValuedApp[] = [await ValuedApp.start(world)];
  const alive = () => (instances.length === 0 ? undefined : pick(instances));
  const observers = [
    new Observer(alive, { all: true }),
    new Observer(alive, { key: 'sun' }),
    new Observer(alive, { prefix: 's' }),
    new Observer(alive, { all: true, maxBuffered: 2 }, () => random.random() < 0.5),
  ];
  const following = observers.map((observer) => observer.follow());

  let value = 0;
  for (let step = 0; step < steps; step++) {
    const chance = random.random();
    if (chance < 0.06 && instances.length > 0) {
      const [ended] = instances.splice(Math.floor(random.random() * instances.length), 1);
      if (random.random() < 0.5) ended?.app.abandon();
      else await ended?.app.close();
    } else if (chance < 0.15 && instances.length < maxInstances) {
      const started = new ValuedApp(world);
      await started.app.start();
      instances.push(started);
    } else {
      await new ValuedApp(world).send(pick(keys), random.random() < 0.2 ? null : value++);
    }
    if (random.random() < 0.5) await setImmediate();
  }

  world.port.endOf = () => 'commit';
  if (instances.length === 0) instances.push(await ValuedApp.start(world));
  await until('all is committed', () => isProcessed(world));
  const committed = await committedChanges(world);
  const rows = foldOf(committed);
  const seen = () => observers.every((observer) => observer.hasSeen(rows));
  await until('readers have seen it', seen);
  for (const observer of observers) observer.stop();
  await Promise.all(following);
  for (const observer of observers) observer.check(committed);
}

interface Change {
  readonly key: string;
  readonly value: number | undefined;
  readonly partition: number;
  readonly offset: number;
}

/** Reads a subscription through some instance, and goes on through another where it ends. */
class Observer {
  readonly #alive: () => ValuedApp | undefined;
  readonly #options: SubscribeOptions<string>;
  readonly #isSlow: () => boolean;
  readonly #stop = new AbortController();
  readonly #rows = new Map<string, number>();
  readonly #changes: { readonly key: string; readonly value: number | undefined }[] = [];
  #snapshots = 0;
  #begun: StorePosition = [];
  #position: StorePosition | undefined = undefined;

  constructor(
    alive: () => ValuedApp | undefined,
    options: SubscribeOptions<string>,
    isSlow = () => false,
  ) {
    this.#alive = alive;
    this.#options = options;
    this.#isSlow = isSlow;
  }

  stop(): void {
    this.#stop.abort();
  }

  async follow(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const instance = this.#alive();
      if (instance !== undefined) await this.#read(instance, signal);
      await setImmediate();
    }
  }

  hasSeen(rows: ReadonlyMap<string, number>): boolean {
    const wanted = new Map([...rows].filter(([key]) => this.#wants(key)));
    return show(this.#rows) === show(wanted);
  }

  /** Each change once and in order; a slow reader may miss some, but no last one. */
  check(committed: readonly Change[]): void {
    assert.equal(this.#snapshots, 1);
    const behind = committed.filter(
      (change) => this.#wants(change.key) && !isIn(this.#begun, change),
    );
    for (const key of keys) {
      const of = (list: readonly { readonly key: string; readonly value: number | undefined }[]) =>
        list.filter((change) => change.key === key).map((change) => change.value);
      const [seen, happened] = [of(this.#changes), of(behind)];
      if (this.#options.maxBuffered === undefined) assert.deepEqual(seen, happened, key);
      else assert.ok(isSubsequence(seen, happened), `${key}: ${seen} of ${happened}`);
    }
  }

  #wants(key: string): boolean {
    if ('key' in this.#options) return key === this.#options.key;
    return !('prefix' in this.#options) || key.startsWith(String(this.#options.prefix));
  }

  async #read({ app, table }: ValuedApp, signal: AbortSignal): Promise<void> {
    const from = this.#position === undefined ? {} : { from: this.#position };
    try {
      for await (const event of app.subscribe(table, { ...this.#options, ...from, signal })) {
        this.#take(event);
        if (this.#isSlow()) await someTurns();
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  #take(event: SubscriptionEvent<string, number>): void {
    this.#position = event.position;
    if (event.kind === 'snapshot') {
      this.#snapshots++;
      this.#begun = event.position;
      this.#rows.clear();
      for (const [key, { value }] of event.rows) this.#rows.set(key, value);
      return;
    }
    this.#changes.push(event);
    if (event.value === undefined) this.#rows.delete(event.key);
    else this.#rows.set(event.key, event.value);
  }
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

async function isProcessed(world: World): Promise<boolean> {
  const inputs = Array.from({ length: partitions }, (_, partition) => ({
    topic: 'words',
    partition,
  }));
  const { admin } = world.port;
  const committed = await admin.committedOffsets('app', inputs);
  const ranges = await admin.offsetRanges(inputs);
  return ranges.every(({ endOffset }, at) => (committed[at]?.offset ?? 0) === endOffset);
}

async function committedChanges(world: World): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    await using consumer = world.log.consumer({
      assignment: [{ topic: changelog, partition, offset: 0 }],
    });
    const [end] = await consumer.endOffsets();
    if (end === undefined || end.offset === 0) continue;
    for await (const { records, nextOffset } of consumer) {
      for (const { key, value, offset } of records) {
        changes.push({ key, value: value ?? undefined, partition, offset });
      }
      if (nextOffset >= end.offset) break;
    }
  }
  return changes;
}

function foldOf(changes: readonly Change[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { key, value } of changes) {
    if (value === undefined) rows.delete(key);
    else rows.set(key, value);
  }
  return rows;
}

function isIn(position: StorePosition, { partition, offset }: Change): boolean {
  return position.some((each) => each.partition === partition && each.offset >= offset);
}

function isSubsequence<T>(some: readonly T[], all: readonly T[]): boolean {
  let at = 0;
  for (const each of all) if (at < some.length && some[at] === each) at++;
  return at === some.length;
}

function show(rows: ReadonlyMap<string, number>): string {
  return JSON.stringify([...rows].toSorted());
}
