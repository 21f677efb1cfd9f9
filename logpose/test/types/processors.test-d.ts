import {
  type Cancel,
  int32,
  int64,
  type KStream,
  keyValueStore,
  nullable,
  processor,
  type StreamRecord,
  type Timestamped,
  utf8,
  windowStore,
} from 'logpose';
import { type Event, type Note, type Payment, payments, stream, sums } from './events.ts';
import { is } from './same.ts';

is<KStream<string, Payment>>().of(
  stream.process({
    output: { key: utf8, value: payments.value },
    init:
      ({ forward }) =>
      (record) => {
        is<StreamRecord<string, Event>>().of(record);
        if (record.value.kind === 'payment') forward({ ...record, value: record.value });
      },
  }),
);

const seen = keyValueStore({ name: 'seen', key: utf8, value: int64 });
const recent = windowStore({
  name: 'recent',
  key: utf8,
  value: int32,
  windowSizeMs: 1,
  retentionMs: 1,
});
stream.process({
  stores: { seen, recent, sums },
  output: { key: int32, value: utf8 },
  init: ({ stores, forward, punctuate }) => {
    punctuate({ everyMs: 1, time: 'stream' }, (nowMs) => forward({ key: nowMs, value: 'tick' }));
    punctuate({ everyMs: 1, time: 'stream', anchorMs: 5 }, () => undefined);
    punctuate({ everyMs: 1, time: 'wall-clock', anchorMs: 5, name: 'ticks' }, () => undefined);
    is<Cancel>().of(punctuate({ cron: '0 9 * * *', zone: 'Asia/Seoul' }, () => undefined));
    // @ts-expect-error A cron expression needs a zone: the server's is an accident.
    punctuate({ cron: '0 9 * * *' }, () => undefined);
    // @ts-expect-error Stream time is kept anyway.
    punctuate({ everyMs: 1, time: 'stream', name: 'ticks' }, () => undefined);
    return ({ key, value, timestamp, headers }) => {
      is<number | undefined>().of(stores.seen.get(key));
      is<Timestamped<number> | undefined>().of(stores.sums.get(key));
      stores.recent.put(key, 1, timestamp);
      forward({ key: 1, value: value.kind, headers });
      forward.to('audit', { key: 1, value: value.kind });
      // @ts-expect-error Only declared stores can be reached.
      void stores.other;
      // @ts-expect-error A window store needs the window's start.
      stores.recent.put(key, 1);
      // @ts-expect-error The output's value is text.
      forward({ key: 1, value: 2 });
    };
  },
});
stream.process({
  init:
    ({ forward }) =>
    (record) => {
      // @ts-expect-error Without `output` nothing can be forwarded.
      forward(record);
    },
});
is<KStream<string, number>>().of(
  stream.processValues({
    output: { value: int64 },
    init:
      ({ forward }) =>
      ({ value }) => {
        forward({ value: value.kind.length });
        // @ts-expect-error The key stays.
        forward({ key: 'x', value: 1 });
      },
  }),
);
const tally = processor({
  stores: { seen },
  output: { key: utf8, value: int64 },
  init:
    ({ stores, forward }) =>
    (record: StreamRecord<string, Note>) => {
      forward({ key: record.key, value: stores.seen.get(record.key) ?? 0 });
    },
});
is<KStream<string, number>>().of(stream.filter((event) => event.kind === 'note').process(tally));
// @ts-expect-error It takes notes only.
stream.process(tally);
// @ts-expect-error Stores keep no nulls.
keyValueStore({ name: 'n', key: utf8, value: nullable(int64) });
