import { int32, int64, json, nullable, StreamsBuilder, topic, utf8 } from 'logpose';

export type Payment = { readonly kind: 'payment'; readonly cents: number };
export type Refund = { readonly kind: 'refund'; readonly cents: number; readonly reason: string };
export type Note = { readonly kind: 'note'; readonly text: string };
export type Event = Payment | Refund | Note;

export declare const parseEvent: (value: unknown) => Event;
export declare const parsePayment: (value: unknown) => Payment;

export const events = topic('events', { key: utf8, value: json(parseEvent) });
export const payments = topic('payments', { key: utf8, value: json(parsePayment) });
export const totals = topic('totals', { key: utf8, value: int64 });
export const names = topic('names', { key: utf8, value: utf8 });
export const byNumber = topic('by-number', { key: int32, value: utf8 });
export const loose = topic('loose', { key: nullable(utf8), value: nullable(int64) });

export const builder = new StreamsBuilder();
export const stream = builder.stream(events);
export const nameTable = builder.table(names, { name: 'names' });
export const numbered = builder.table(byNumber, { name: 'numbered' });
export const sums = stream.groupByKey().count({ name: 'sums' });
