import assert from 'node:assert/strict';
import { between } from './model/between.ts';
import {
  betweenFormats,
  type Contents,
  decoded,
  type LineFormat,
  linesOf,
} from './model/contents.ts';
import type { EmittedTopic } from './model/emitted.ts';
import type { Recomputed } from './model/recompute.ts';
import { type Line, textOf } from './model/rows.ts';
import { windowKey } from './model/task-model.ts';
import { outputs } from './topics.ts';
import type { World } from './world.ts';

/** Written by tables, which may leave out what a commit's end makes old. */
const ofTables = new Set<string>(
  [
    outputs.customerCents,
    outputs.latest,
    outputs.tierChanges,
    outputs.lengths,
    outputs.skuCounts,
    outputs.skuSums,
    outputs.tumbling,
    outputs.hopping,
    outputs.daily,
    outputs.tierCounts,
    outputs.tierMembers,
    outputs.tierWeights,
  ].map(({ name }) => name),
);

/** What was written is what should have been. */
export function checkTopics(
  { settings }: World,
  contents: Contents,
  { emitted }: Recomputed,
): void {
  const isEachChange = settings.emit === 'each-change';
  for (const [topic, format] of formats()) {
    const expected = emitted.topic(topic);
    const found = (contents.get(topic) ?? []).map((records) => linesOf(records, format));
    if (isEachChange || !isOfTable(topic)) checkAll(topic, found, expected);
    else if (ofTables.has(topic)) checkLast(topic, found, expected);
  }
}

function isOfTable(topic: string): boolean {
  return ofTables.has(topic) || topic === between.byTier || topic === between.weights;
}

function* formats(): Generator<readonly [topic: string, format: LineFormat]> {
  yield* Object.entries(betweenFormats);
  for (const topic of Object.values(outputs)) {
    yield [
      topic.name,
      {
        key: (bytes) => keyText(decoded<unknown>(topic.key, bytes)),
        value: (bytes) => textOf(decoded<unknown>(topic.value, bytes)),
      },
    ];
  }
}

function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key !== 'object' || key === null || !('window' in key) || !('key' in key)) {
    throw new TypeError('a key is text, or text in a window');
  }
  const { window } = key;
  const startMs =
    typeof window === 'object' && window !== null && 'startMs' in window ? window.startMs : 0;
  return windowKey(String(key.key), Number(startMs));
}

type Found = readonly (readonly Line[])[];

/** Record by record. */
function checkAll(topic: string, found: Found, { keyed, keyless }: EmittedTopic): void {
  found.forEach((lines, partition) => {
    const withKey = lines.filter(({ key }) => key !== null).map(show);
    assert.deepEqual(withKey, keyed[partition]?.map(show), `records of ${topic}-${partition}`);
  });
  const without = found.flat().filter(({ key }) => key === null);
  assert.deepEqual(without.map(show).toSorted(), keyless.map(show).toSorted(), `keyless ${topic}`);
}

/** The last of each key, and before it nothing that was not true at some time. */
function checkLast(topic: string, found: Found, { keyed }: EmittedTopic): void {
  found.forEach((lines, partition) => {
    const expected = byKey(keyed[partition] ?? []);
    const seen = byKey(lines);
    for (const key of new Set([...expected.keys(), ...seen.keys()])) {
      const whole = expected.get(key) ?? [];
      const part = seen.get(key) ?? [];
      const where = `${topic}-${partition} ${key}`;
      assert.equal(part.at(-1) ?? 'null', whole.at(-1) ?? 'null', `last of ${where}`);
      assert.ok(isSubsequence(part, whole), `${where}: ${part.join(', ')} of ${whole.join(', ')}`);
    }
  });
}

/** Deletions come at one of two times, and are the same for that. */
function byKey(lines: readonly Line[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const { key, value, timestamp } of lines) {
    const text = value === null ? 'null' : `${value} @${timestamp}`;
    const known = all.get(String(key));
    if (known === undefined) all.set(String(key), [text]);
    else known.push(text);
  }
  return all;
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const each of whole) if (part[at] === each) at++;
  return at === part.length;
}

export function show({ key, value, timestamp }: Line): string {
  return `${key} = ${value} @${timestamp}`;
}
