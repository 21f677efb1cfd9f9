import type { KStream, KTable, StoredTable, StoreHandle } from 'logpose';
import { builder, type Event, loose, nameTable, numbered, stream, sums } from './events.ts';
import { is } from './same.ts';

is<KStream<string, string>>().of(stream.join(nameTable, (event, name) => event.kind + name));
stream.leftJoin(nameTable, (_event, name) => is<string | undefined>().of(name));
// A stream's null key finds nobody, but a left join keeps the record.
builder.stream(loose).leftJoin(nameTable, (_value, _name, key) => is<string | null>().of(key));
builder.stream(loose).join(nameTable, (value, _name, key) => {
  is<number>().of(value);
  is<string>().of(key);
});

// @ts-expect-error Keys of different types never meet.
stream.join(numbered, (event, text) => event.kind + text);
// @ts-expect-error A stream keeps no rows.
stream.join(stream, (event, other) => event.kind + other.kind);

is<KTable<string, number>>().of(sums.filter((count) => count > 1));
is<KTable<string, string>>().of(sums.mapValues((count) => (count > 1 ? String(count) : null)));
is<StoredTable<string, number>>().of(
  sums.filter((count) => count > 1).materialize({ name: 'many' }),
);
is<StoredTable<string, Event>>().of(stream.toTable({ name: 'last-events' }));

declare function read<K, V>(store: StoreHandle<'timestamped-key-value', K, V>): V;
is<number>().of(read(sums));
// @ts-expect-error Nothing is stored here: materialize({ name }) first.
read(sums.filter((count) => count > 1));
// @ts-expect-error Rows need a name to be kept under.
sums.filter((count) => count > 1).materialize({});
