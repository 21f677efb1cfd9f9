import {
  int64,
  keyValueStore,
  StreamsBuilder,
  type Topology,
  topic,
  tumbling,
  utf8,
  windowed,
} from 'logpose';

const windowMs = 1000;
const seconds = tumbling({ sizeMs: windowMs, graceMs: 3_600_000 });

/** Visits by place; the value is the visit's number. */
export const visits = topic('visits', { key: utf8, value: int64 });
/** By place. */
export const countries = topic('countries', { key: utf8, value: utf8 });

export const outputs = {
  byPlace: topic('by-place-out', { key: utf8, value: int64 }),
  bySecond: topic('by-second-out', { key: windowed(utf8, seconds), value: int64 }),
  byCountry: topic('by-country-out', { key: utf8, value: int64 }),
  located: topic('located', { key: utf8, value: utf8 }),
  ticks: topic('ticks', { key: utf8, value: int64 }),
};

/** What one visit is. */
export interface Visit {
  readonly place: string;
  readonly number: number;
  readonly timestamp: number;
}

/** State, windows, a repartition, a join with a table, and a punctuator by stream time. */
export function sharedWork(): Topology {
  const builder = new StreamsBuilder();
  const stream = builder.stream(visits);
  const table = builder.table(countries, { name: 'countries' });
  const byPlace = stream.groupByKey();
  byPlace.count({ name: 'by-place' }).toStream().to(outputs.byPlace);
  byPlace.windowedBy(seconds).count({ name: 'by-second' }).toStream().to(outputs.bySecond);
  stream.join(table, (visit, country) => `${visit} in ${country}`).to(outputs.located);
  stream
    .join(table, (_visit, country) => country)
    .groupBy((country) => country, { name: 'visits-of-country', key: utf8, value: utf8 })
    .count({ name: 'by-country' })
    .toStream()
    .to(outputs.byCountry);
  const ticked = keyValueStore({ name: 'ticked', key: utf8, value: int64 });
  builder.addStore(ticked);
  stream
    .process({
      stores: { ticked },
      output: { key: utf8, value: int64 },
      init: ({ stores, forward, punctuate, taskId }) => {
        punctuate({ everyMs: windowMs, time: 'stream' }, (nowMs) => {
          stores.ticked.put('last', nowMs);
          forward({ key: taskId, value: Math.floor(nowMs / windowMs) });
        });
        return () => undefined;
      },
    })
    .to(outputs.ticks);
  return builder.build();
}

/** What came out, by topic; rows in order of partition and offset. */
export type Written = { readonly [Name in keyof typeof outputs]: readonly string[] };

/** What must come of visits, processed one by one: rows of each key in order. */
export function recomputed(
  list: readonly Visit[],
  { places, countryOf, partitionOf }: SharedWorkInput,
): Written {
  const written = { byPlace: new Rows(), bySecond: new Rows(), byCountry: new Rows() };
  const located: string[] = [];
  // The countries come first, and their time is 0.
  const seen = new Map(places.map((place) => [partitionOf(place), 0]));
  const ticks = [...seen.keys()].map((partition) => `${partition}=0`);
  for (const { place, number, timestamp } of list) {
    const second = Math.floor(timestamp / windowMs);
    written.byPlace.count(place);
    written.bySecond.count(`${place}@${second}`);
    written.byCountry.count(countryOf(place));
    located.push(`${place}=${number} in ${countryOf(place)}`);
    const partition = partitionOf(place);
    if (second <= (seen.get(partition) ?? -1)) continue;
    seen.set(partition, second);
    ticks.push(`${partition}=${second}`);
  }
  return {
    byPlace: written.byPlace.list.sort(),
    bySecond: written.bySecond.list.sort(),
    byCountry: written.byCountry.list.sort(),
    located: located.sort(),
    ticks: ticks.sort(),
  };
}

/** What the visits do not say. */
export interface SharedWorkInput {
  readonly places: readonly string[];
  countryOf(place: string): string;
  partitionOf(place: string): number;
}

/** Counts, and each count. */
class Rows {
  readonly list: string[] = [];
  readonly #counts = new Map<string, number>();

  count(key: string): void {
    const next = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, next);
    this.list.push(`${key}=${next}`);
  }
}
