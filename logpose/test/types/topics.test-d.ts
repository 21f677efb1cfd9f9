import {
  generated,
  json,
  type KStream,
  type StoredTable,
  topic,
  topicPattern,
  utf8,
} from 'logpose';
import { builder, type Event, events, loose, type Refund, stream, sums, totals } from './events.ts';
import { is } from './same.ts';

declare const schema: {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'any';
    readonly validate: (value: unknown) => { readonly value: Refund };
  };
};

// @ts-expect-error The helper itself refuses.
is<string | undefined>().of('text');
// @ts-expect-error The helper itself refuses.
is<KStream<string, string>>().of(stream);

// Topics give the types.
is<KStream<string, Event>>().of(stream);
is<KStream<string | null, number | null>>().of(builder.stream(loose));
is<KStream<string, Event | number>>().of(builder.stream([events, totals]));
is<KStream<string, Refund>>().of(builder.stream(topic('r', { key: utf8, value: json(schema) })));
is<KStream<string, string>>().of(builder.stream(topicPattern(/n-.+/, { key: utf8, value: utf8 })));
// A table has no null rows, whatever its topic allows.
is<StoredTable<string, number>>().of(builder.table(loose, { name: generated }));
is<KStream<string, number | null>>().of(sums.toStream());

// @ts-expect-error A parser that returns unknown validates nothing.
json((value: unknown) => value);
// @ts-expect-error A topic without serdes is only a name.
topic('x', { key: utf8 });
// @ts-expect-error A pattern alone has no serdes: topicPattern(/…/, { key, value }).
builder.stream(/^events-/);
// @ts-expect-error A table is state: its name is not optional.
builder.table(totals, {});
