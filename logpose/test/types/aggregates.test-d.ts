import {
  generated,
  int32,
  int64,
  json,
  type KStream,
  nullable,
  type StoredTable,
  topic,
  tumbling,
  unlimited,
  utf8,
  type Windowed,
  type WindowTable,
  windowed,
} from 'logpose';
import { builder, loose, nameTable, stream, totals } from './events.ts';
import { is } from './same.ts';

// Names and serdes of what is durable.
stream.groupByKey().count({ name: generated });
stream.selectKey((e) => e.kind.length).groupByKey({ repartition: 'by-length', key: int32 });

// @ts-expect-error State outlives the code that made it: `name` is not optional.
stream.groupByKey().count({});
// @ts-expect-error So does a repartition topic.
stream.groupBy((event) => event.kind, { key: utf8 });
// @ts-expect-error A new key needs its serde.
stream.groupBy((event) => event.kind, { name: 'by-kind' });
// @ts-expect-error The serde must fit the new key.
stream.groupBy((event) => event.kind, { name: 'by-kind', key: int32 });
// @ts-expect-error An aggregate is as durable as its bytes: `value` is needed.
stream.groupByKey().aggregate({ initialize: () => 0, add: (sum) => sum + 1 }, { name: 'n' });

// The serde says what an aggregate is.
const spent = stream
  .filter((event) => event.kind === 'payment')
  .groupByKey()
  .aggregate(
    { initialize: () => 0, add: (sum, payment) => sum + payment.cents },
    { name: 'spent', value: int64 },
  );
is<StoredTable<string, number>>().of(spent);

type Progress = { readonly step: 'new' | 'done'; readonly seen: string[] };
declare const parseProgress: (value: unknown) => Progress;
const progress = { name: 'progress', value: json(parseProgress) };
// TypeScript widens a callback's literals while A is being inferred, so a result with literals is
// annotated; functions with a name have that anyway.
is<StoredTable<string, Progress>>().of(
  stream.groupByKey().aggregate(
    {
      initialize: (): Progress => ({ step: 'new', seen: [] }),
      add: (state, event): Progress => ({ step: 'done', seen: [...state.seen, event.kind] }),
    },
    progress,
  ),
);
// Returning undefined deletes the row.
stream
  .groupByKey()
  .aggregate({ initialize: () => 0, add: () => undefined }, { name: 'none', value: int32 });

stream
  .groupByKey()
  // @ts-expect-error The sum is text, its serde writes numbers.
  .aggregate({ initialize: () => 0, add: (sum) => `${sum}` }, { name: 'n', value: int64 });
stream
  .groupByKey()
  // @ts-expect-error State is never null.
  .aggregate({ initialize: () => null, add: (n) => n }, { name: 'n', value: nullable(int64) });

// Without windows a null value never arrives; with windows it does, as on the JVM.
const looseGroup = builder.stream(loose).groupByKey();
looseGroup.aggregate(
  {
    initialize: () => 0,
    add: (sum, value, key) => {
      is<number>().of(value);
      is<string>().of(key);
      return sum;
    },
  },
  { name: 'loose-sum', value: int64 },
);
looseGroup.windowedBy(tumbling({ sizeMs: 1, graceMs: 0 })).aggregate(
  {
    initialize: () => 0,
    add: (sum, value) => {
      is<number | null>().of(value);
      return sum;
    },
  },
  { name: 'loose-windows', value: int64 },
);

// A row leaves one group and enters another; null: in no group.
const grouped = nameTable.groupBy((name, key) => [name === '' ? null : name, key.length], {
  name: 'by-name',
  key: utf8,
  value: int32,
});
is<StoredTable<string, number>>().of(
  grouped.aggregate(
    { initialize: () => 0, add: (a, n) => a + n, subtract: (a, n) => a - n },
    { name: 'lengths', value: int64 },
  ),
);
// @ts-expect-error A table's aggregate must know how to take a row back.
grouped.aggregate({ initialize: () => 0, add: (a, n) => a + n }, { name: 'x', value: int64 });

// Windows.
const minutes = tumbling({ sizeMs: 60_000, graceMs: 0 });
const perMinute = stream.groupByKey().windowedBy(minutes).count({ name: 'per-minute' });
is<WindowTable<string, number>>().of(perMinute);
is<KStream<Windowed<string>, number | null>>().of(perMinute.toStream());
perMinute.toStream().to(topic('m', { key: windowed(utf8, minutes), value: int64 }));
perMinute
  .toStream()
  .selectKey((_count, { key, window }) => `${key}@${window.startMs}`)
  .to(totals);
stream.groupByKey().windowedBy(unlimited()).count({ name: 'u' });

// @ts-expect-error How late is too late is a business decision.
tumbling({ sizeMs: 60_000 });
// @ts-expect-error A windowed key is not its inner key.
perMinute.toStream().to(totals);
