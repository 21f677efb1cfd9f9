import { isDeepStrictEqual } from 'node:util';
import type { Case, OutputRecord } from './case.ts';
import type { Result } from './run-case.ts';

/** How a result differs from what Kafka Streams gave, one text per field. */
export function differencesOf(test: Case, result: Result): readonly string[] {
  const { expected } = test;
  const { error } = expected;
  const differences: string[] = [];
  const check = (field: string, mine: unknown, theirs: unknown): void => {
    if (isDeepStrictEqual(mine, theirs)) return;
    differences.push(`${field}\n  is     ${text(mine)}\n  not as ${text(theirs)}`);
  };
  const phase = error === undefined ? undefined : { phase: error.phase, step: error.step };
  const mine = result.error && { phase: result.error.phase, step: result.error.step };
  check('error', mine, phase);
  if (error?.phase === 'build' || mine?.phase === 'build') return differences;
  check('describe', result.describe, expected.describe);
  check('branches', result.branches, expected.branches ?? {});
  check('internal topics', result.internalTopics, names(expected.internalTopics));
  check('co-partitioned topics', result.copartition, sortedGroups(expected.copartition));
  check('output', byTopic(Object.values(result.output).flat()), byTopic(expected.output));
  check('calls', result.calls, expected.calls ?? []);
  check('queries', result.queries, expected.queries ?? []);
  if (error !== undefined) return differences;
  check('dropped records', result.dropped, expected.dropped ?? 0);
  check('stores', withoutUnseen(result.stores, expected.stores), expected.stores ?? {});
  check('internal records', result.internal, nonEmpty(expected.internal));
  return differences;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function names(topics: Case['expected']['internalTopics'] = []): readonly string[] {
  return topics.map(({ name }) => name).sort();
}

function sortedGroups(
  groups: Case['expected']['copartition'] = [],
): readonly (readonly string[])[] {
  return groups
    .map((group) => group.toSorted())
    .sort((left, right) => (String(left) < String(right) ? -1 : 1));
}

/** The order of records is compared within each topic. */
function byTopic(
  records: readonly OutputRecord[] = [],
): Readonly<Record<string, readonly OutputRecord[]>> {
  const topics: Record<string, OutputRecord[]> = {};
  for (const record of records) {
    const rows = topics[record.topic] ?? [];
    rows.push(withoutTexts(record));
    topics[record.topic] = rows;
  }
  return topics;
}

/** Texts of errors are the language's own. */
const ownTexts = /^__streams\.errors\.(exception|message|stacktrace)$/;

function withoutTexts(record: OutputRecord): OutputRecord {
  const { headers } = record;
  if (headers === undefined) return record;
  const shown = headers.map(([name, text]) => [name, ownTexts.test(name) ? '*' : text] as const);
  return { ...record, headers: shown };
}

function withoutUnseen(
  mine: Result['stores'],
  theirs: Readonly<Record<string, unknown>> = {},
): Result['stores'] {
  return Object.fromEntries(Object.entries(mine).filter(([name]) => name in theirs));
}

function nonEmpty(
  topics: Case['expected']['internal'] = {},
): Readonly<Record<string, readonly (readonly unknown[])[]>> {
  return Object.fromEntries(Object.entries(topics).filter(([, rows]) => rows.length > 0));
}
