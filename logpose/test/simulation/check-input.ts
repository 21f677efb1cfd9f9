import assert from 'node:assert/strict';
import type { AppTransaction } from './history.ts';
import type { InputRecord } from './input.ts';
import { poisonOf } from './input.ts';
import type { Contents } from './model/contents.ts';
import { textOf } from './model/rows.ts';
import type { LoggedRecord } from './read-log.ts';
import { deadLetters, orders, profiles } from './topics.ts';
import type { World } from './world.ts';

/** The input is in the log: all of it, each record once, those of a partition in their order. */
export function checkInput({ input }: World, contents: Contents): void {
  for (const topic of [orders.name, profiles.name]) {
    const planned = input.flat().filter((record) => record.topic === topic);
    const order = new Map(planned.map(({ id }, at) => [id, at]));
    const found = contents.get(topic) ?? [];
    for (const records of found) {
      const places = records.map((record) => order.get(idOf(record)) ?? -1);
      assert.deepEqual(
        places,
        places.toSorted((one, other) => one - other),
        `order in ${topic}`,
      );
    }
    const lines = found.flat().map((record) => `${idOf(record)} ${lineOf(record)}`);
    assert.deepEqual(lines.toSorted(), planned.map(plannedLine).toSorted());
  }
}

/** What could not be read is in the dead letters, each once, or nowhere. */
export function checkDeadLetters({ input, settings }: World, contents: Contents): void {
  const poison = input.flat().filter(({ isPoison }) => isPoison);
  const expected = settings.poison === 'continue' ? [] : poison.map(({ id }) => id);
  const found = (contents.get(deadLetters.name) ?? []).flat().map(idOf);
  assert.deepEqual(found.toSorted(), expected.toSorted(), 'dead letters');
}

/** Tasks have taken every record of every partition once, in its order; broken ones not at all. */
export function checkOrder(
  contents: Contents,
  transactions: readonly AppTransaction[],
  inputs: readonly { readonly topic: string; readonly partition: number }[],
): void {
  for (const { topic, partition } of inputs) {
    const taken = transactions.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.kind === 'record' && event.topic === topic && event.partition === partition
          ? [event.offset]
          : [],
      ),
    );
    const records = contents.get(topic)?.[partition] ?? [];
    const readable = records.filter((record) => !isPoison(topic, record));
    const expected = readable.map(({ offset }) => offset);
    assert.deepEqual(taken, expected, `records of ${topic}-${partition} as they were taken`);
  }
}

function isPoison(topic: string, { value, headers }: LoggedRecord): boolean {
  if (topic !== orders.name || value === null) return false;
  return value.equals(poisonOf(headers.text('id') ?? ''));
}

function idOf({ headers }: LoggedRecord): string {
  return headers.text('id') ?? 'without id';
}

function lineOf({ key, value, timestamp }: LoggedRecord): string {
  return `${key} = ${value} @${timestamp}`;
}

function plannedLine({ id, key, value, isPoison: isBroken, timestamp }: InputRecord): string {
  const text = isBroken ? Buffer.from(poisonOf(id)).toString() : textOf(value);
  return `${id} ${key} = ${text} @${timestamp}`;
}
