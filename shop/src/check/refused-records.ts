import type { Log } from 'logpose';
import { placeOf } from './dead-lines.ts';
import { readRaw } from './raw-log.ts';

/** What the topology put aside instead of counting it. */
export interface Refused {
  /** Records of event topics, as `topic/partition/offset`. */
  readonly dead: ReadonlySet<string>;
  /** For each zone, the ids of the events that came after their day was over. */
  readonly late: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads the topics of dead letters and late events. */
export async function readRefused(log: Log, prefix: string): Promise<Refused> {
  const dead = new Set<string>();
  await readRaw(log, `${prefix}.dead`, ({ headers }) => {
    dead.add(placeOf(headers));
  });
  const late = new Map<string, Set<string>>();
  await readRaw(log, `${prefix}.late`, ({ value, headers }) => {
    const zone = headers.text('shop.late.zone') ?? '';
    const { id } = Object(JSON.parse(Buffer.from(value ?? []).toString('utf8') || '{}'));
    late.set(zone, (late.get(zone) ?? new Set()).add(String(id)));
  });
  return { dead, late };
}
