import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  hopping,
  type InputTopic,
  int64,
  nullable,
  StreamsBuilder,
  type TimeWindows,
  topic,
  tumbling,
  utf8,
} from 'logpose';
import { TestDriver, type TestDriverOptions } from 'logpose/testing';

const sales = topic('sales', { key: utf8, value: nullable(int64) });
const names = topic('names', { key: utf8, value: nullable(utf8) });
const sums = topic('sums', { key: utf8, value: int64 });
const texts = topic('texts', { key: utf8, value: utf8 });

interface Sale {
  readonly key: string;
  readonly value: number | null;
  readonly timestampMs: number;
}

const sale: fc.Arbitrary<Sale> = fc.record({
  key: fc.constantFrom('ada', 'bob', 'eve'),
  value: fc.option(fc.integer({ min: -5, max: 5 })),
  timestampMs: fc.integer({ min: 0, max: 60 }),
});
/** Undefined: a commit. */
const steps = fc.array(fc.option(sale, { nil: undefined, freq: 4 }), { maxLength: 40 });
const someSales = fc.array(sale, { maxLength: 40 });

type Line = readonly [key: string, value: unknown, timestamp: number];

suite('what is computed step by step equals what is computed anew', () => {
  test('count, record by record', () => {
    fc.assert(
      fc.property(someSales, (input) => {
        const build = (builder: StreamsBuilder): void =>
          builder.stream(sales).groupByKey().count({ name: 'counts' }).toStream().to(sums);
        assert.deepEqual(
          eachChange(build, input),
          folded(input, 0, (count) => count + 1),
        );
      }),
    );
  });

  test('reduce, record by record: a sum of zero deletes the row', () => {
    const add = (sum: number, value: number): number | null => sum + value || null;
    fc.assert(
      fc.property(someSales, (input) => {
        const build = (builder: StreamsBuilder): void =>
          builder.stream(sales).groupByKey().reduce(add, { name: 'sums' }).toStream().to(sums);
        const expected = folded<number | null>(input, null, (sum, value) =>
          sum === null ? value : add(sum, value),
        );
        assert.deepEqual(eachChange(build, input), expected);
      }),
    );
  });

  test('aggregate, once a commit: the last result of each key, and only true results', () => {
    fc.assert(
      fc.property(steps, (input) => {
        const build = (builder: StreamsBuilder): void =>
          builder
            .stream(sales)
            .groupByKey()
            .aggregate(
              { initialize: () => 100, add: (sum, value) => sum + value },
              { name: 'sums', value: int64 },
            )
            .toStream()
            .to(sums);
        const all = folded(present(input), 100, (sum, value) => sum + value);
        const seen = eachCommit(build, input);
        for (const key of new Set(all.map(([each]) => each))) {
          const complete = all.filter(([each]) => each === key);
          const sent = seen.filter(([each]) => each === key);
          assert.deepEqual(sent.at(-1), complete.at(-1));
          assert.ok(isSubsequence(sent, complete));
        }
      }),
    );
  });

  test('windowed sums, late records left out', () => {
    const windows = fc.constantFrom(
      { sizeMs: 10, advanceMs: 10, graceMs: 0 },
      { sizeMs: 10, advanceMs: 10, graceMs: 15 },
      { sizeMs: 10, advanceMs: 4, graceMs: 3 },
    );
    fc.assert(
      fc.property(someSales, windows, (input, shape) => {
        const build = (builder: StreamsBuilder): void =>
          builder
            .stream(sales)
            .groupByKey()
            .windowedBy(windowsOf(shape))
            .aggregate(
              { initialize: () => 0, add: (sum, value) => sum + (value ?? 100) },
              { name: 'sums', value: int64 },
            )
            .toStream()
            .selectKey((_sum, { key, window }) => `${key}@${window.startMs}`)
            .to(sums);
        assert.deepEqual(eachChange(build, input), windowSums(input, shape));
      }),
    );
  });

  test('rows in groups: each group holds what its rows add up to', () => {
    fc.assert(
      fc.property(steps, (input) => {
        const builder = new StreamsBuilder();
        const groups = builder
          .table(sales, { name: 'rows' })
          .groupBy((value) => [value % 2 === 0 ? 'even' : 'odd', value], {
            name: 'by-parity',
            key: utf8,
            value: int64,
          })
          .aggregate(
            {
              initialize: () => 0,
              add: (sum, value) => sum + value,
              subtract: (sum, value) => sum - value,
            },
            { name: 'sums', value: int64 },
          );
        using driver = new TestDriver(builder.build(), { commit: 'manual' });
        run(driver, input);
        const stored = [...driver.store(groups).range()].map(([key, { value }]) => [key, value]);
        const expected = sumsByParity(present(input));
        // A group that all rows have left keeps its sum of zero.
        for (const [group, sum] of stored) assert.equal(sum, expected.get(String(group)) ?? 0);
        assert.ok([...expected.keys()].every((key) => stored.some(([group]) => group === key)));
      }),
    );
  });

  test('a join with a table: each record meets the row of its moment', () => {
    const name = fc.record({
      key: fc.constantFrom('ada', 'bob', 'eve'),
      name: fc.option(fc.constantFrom('x', 'y')),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(sale, name), { maxLength: 40 }), (input) => {
        const builder = new StreamsBuilder();
        const table = builder.table(names, { name: 'names' });
        builder
          .stream(sales)
          .leftJoin(table, (value, row) => `${value} ${row}`)
          .to(texts);
        using driver = new TestDriver(builder.build());
        const rows = new Map<string, string | null>();
        const expected: [string, string][] = [];
        for (const step of input) {
          if ('name' in step) {
            driver.send(names, step.key, step.name);
            rows.set(step.key, step.name);
            continue;
          }
          driver.send(sales, step.key, step.value);
          if (step.value === null) continue;
          expected.push([step.key, `${step.value} ${rows.get(step.key) ?? undefined}`]);
        }
        assert.deepEqual(driver.read(texts), expected);
      }),
    );
  });
});

function eachChange(build: (builder: StreamsBuilder) => void, input: readonly Sale[]): Line[] {
  using driver = driving(build, { emit: 'each-change' });
  run(driver, input);
  return linesOf(driver, sums);
}

function eachCommit(
  build: (builder: StreamsBuilder) => void,
  input: readonly (Sale | undefined)[],
): Line[] {
  using driver = driving(build, { emit: 'each-commit', commit: 'manual' });
  run(driver, input);
  return linesOf(driver, sums);
}

function driving(build: (builder: StreamsBuilder) => void, options: TestDriverOptions): TestDriver {
  const builder = new StreamsBuilder();
  build(builder);
  return new TestDriver(builder.build(), options);
}

function run(driver: TestDriver, input: readonly (Sale | undefined)[]): void {
  for (const step of input) {
    if (step === undefined) driver.commit();
    else driver.send(sales, step.key, step.value, { timestampMs: step.timestampMs });
  }
  driver.commit();
}

function linesOf<V>(driver: TestDriver, from: InputTopic<string, V>): Line[] {
  return driver.readRecords(from).map(({ key, value, timestamp }): Line => [key, value, timestamp]);
}

function present(input: readonly (Sale | undefined)[]): readonly Sale[] {
  return input.filter((step) => step !== undefined);
}

/** Each result of a key's aggregate: of all its values so far, at the latest of their times. */
function folded<A>(
  input: readonly Sale[],
  initial: A,
  add: (aggregate: A, value: number) => A,
): Line[] {
  const rows = new Map<string, { readonly aggregate: A; readonly timestamp: number }>();
  return input.flatMap(({ key, value, timestampMs }): Line[] => {
    if (value === null) return [];
    const before = rows.get(key);
    const aggregate = add(before === undefined ? initial : before.aggregate, value);
    const timestamp = Math.max(timestampMs, before?.timestamp ?? timestampMs);
    if (aggregate === null) rows.delete(key);
    else rows.set(key, { aggregate, timestamp });
    return [[key, aggregate, timestamp]];
  });
}

interface Shape {
  readonly sizeMs: number;
  readonly advanceMs: number;
  readonly graceMs: number;
}

function windowsOf({ sizeMs, advanceMs, graceMs }: Shape): TimeWindows {
  return advanceMs === sizeMs
    ? tumbling({ sizeMs, graceMs })
    : hopping({ sizeMs, advanceMs, graceMs });
}

/** Every window of each record, found by trying all starts. */
function windowSums(input: readonly Sale[], { sizeMs, advanceMs, graceMs }: Shape): Line[] {
  const rows = new Map<string, { readonly sum: number; readonly timestamp: number }>();
  const lines: Line[] = [];
  let streamTimeMs = 0;
  for (const { key, value, timestampMs } of input) {
    streamTimeMs = Math.max(streamTimeMs, timestampMs);
    for (let startMs = 0; startMs <= timestampMs; startMs += advanceMs) {
      const endMs = startMs + sizeMs;
      if (timestampMs >= endMs || endMs + graceMs <= streamTimeMs) continue;
      const row = rows.get(`${key}@${startMs}`) ?? { sum: 0, timestamp: timestampMs };
      const sum = row.sum + (value ?? 100);
      const timestamp = Math.max(row.timestamp, timestampMs);
      rows.set(`${key}@${startMs}`, { sum, timestamp });
      lines.push([`${key}@${startMs}`, sum, timestamp]);
    }
  }
  return lines;
}

function sumsByParity(input: readonly Sale[]): ReadonlyMap<string, number> {
  const rows = new Map(input.map(({ key, value }) => [key, value]));
  const groups = new Map<string, number>();
  for (const value of rows.values()) {
    if (value === null) continue;
    const group = value % 2 === 0 ? 'even' : 'odd';
    groups.set(group, (groups.get(group) ?? 0) + value);
  }
  return groups;
}

function isSubsequence(part: readonly Line[], whole: readonly Line[]): boolean {
  let at = 0;
  for (const line of whole) {
    if (String(part[at]) === String(line)) at++;
  }
  return at === part.length;
}
