import type { KStream } from 'logpose';
import {
  builder,
  byNumber,
  type Event,
  events,
  loose,
  type Note,
  type Payment,
  payments,
  type Refund,
  stream,
  sums,
  totals,
} from './events.ts';
import { is } from './same.ts';

is<KStream<string, Payment>>().of(
  stream.filter((event): event is Payment => event.kind === 'payment'),
);
// TypeScript infers the guard.
is<KStream<string, Payment>>().of(stream.filter((event) => event.kind === 'payment'));
is<KStream<string, Payment | Refund>>().of(stream.filterNot((event) => event.kind === 'note'));
is<KStream<string, Event>>().of(
  stream.filter((_event, key, { timestamp }) => key !== `${timestamp}`),
);
is<KStream<string, number>>().of(sums.toStream().filter((count) => count !== null));
is<KStream<number, string>>().of(stream.map((event, key) => [key.length, event.kind + key]));
is<KStream<string, string>>().of(stream.flatMapValues((event) => [`${event.kind}!`]));
is<KStream<number, Event>>().of(stream.selectKey((_event, key) => key.length));
is<KStream<string, Event | number>>().of(stream.merge(builder.stream(totals)));
is<KStream<string | null, number | null>>().of(builder.stream(loose).merge(builder.stream(totals)));

const split = stream
  .split()
  .branch('paid', (event) => event.kind === 'payment')
  .branch('long', (event) => event.kind.length > 5)
  .defaultBranch('rest');
is<KStream<string, Payment>>().of(split.paid);
// What a guard has taken is gone; what a plain predicate has taken may still come.
is<KStream<string, Refund | Note>>().of(split.long);
is<KStream<string, Refund | Note>>().of(split.rest);

const seen = new Set<Event>();
stream.peek((event) => seen.add(event)).peek((_event, key) => key.length);
// @ts-expect-error Nobody would wait for the promise, and its rejection would end the process.
stream.forEach(async (event) => console.log(event));
// @ts-expect-error The same.
stream.peek((event) => Promise.resolve(event));

// @ts-expect-error There is no such branch.
void split.unpaid;
// @ts-expect-error A key of another type is another partition: merge streams of one key type.
stream.merge(builder.stream(byNumber));

sums.toStream().to(totals); // number | null into a topic of numbers: null is a tombstone
stream.filter((event) => event.kind === 'payment').to(events); // a wider topic
stream.to((event) => (event.kind === 'note' ? events : events));
builder.stream(totals).to(loose);

// @ts-expect-error A topic of numbers takes no events.
stream.to(totals);
// @ts-expect-error Payments are only some of the events.
stream.to(payments);
// @ts-expect-error Null values are tombstones, null keys are not for a topic of keys.
builder.stream(loose).to(totals);
// @ts-expect-error Undefined is no value; write `?? null` to send a tombstone.
stream.mapValues((event) => (event.kind === 'note' ? undefined : event.cents)).to(totals);
// @ts-expect-error The chosen topic must take every value.
stream.to((event) => (event.kind === 'payment' ? payments : events));

// @ts-expect-error A grouping is no node: it has no name of its own.
stream.groupByKey({ node: 'grouped' });
// @ts-expect-error The nodes around a repartition topic have its name.
stream.repartition({ name: 'again', node: 'other' });
// @ts-expect-error A store that is added to a table is no node.
sums.filter((sum) => sum > 0).materialize({ name: 'positive', node: 'other' });
