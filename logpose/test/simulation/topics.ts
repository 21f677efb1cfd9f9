import {
  bytes,
  calendar,
  hopping,
  int64,
  json,
  keyValueStore,
  nullable,
  topic,
  tumbling,
  utf8,
  windowed,
} from 'logpose';

/** What streams carry. */
export interface Order {
  readonly sku: string;
  readonly cents: number;
}

const order = json((value): Order => {
  if (typeof value === 'object' && value !== null && 'sku' in value && 'cents' in value) {
    return { sku: String(value.sku), cents: Number(value.cents) };
  }
  throw new TypeError('no order');
});
export const orderSerde = order;

const hourMs = 3_600_000;

/** The windows of each kind. */
export const windows = {
  tumbling: tumbling({ sizeMs: hourMs, graceMs: hourMs / 2 }),
  hopping: hopping({ sizeMs: 2 * hourMs, advanceMs: hourMs / 2, graceMs: 0 }),
  daily: calendar({ unit: 'day', zone: 'Europe/Berlin', graceMs: 6 * hourMs }),
};

export const orders = topic('orders', { key: nullable(utf8), value: nullable(order) });
/** The same topic for whoever writes what is no order. */
export const rawOrders = topic('orders', { key: nullable(utf8), value: nullable(bytes) });
/** `region/tier` by customer. */
export const profiles = topic('profiles', { key: nullable(utf8), value: nullable(utf8) });

export const outputs = {
  texts: topic('texts', { key: nullable(utf8), value: utf8 }),
  amounts: topic('amounts', { key: utf8, value: int64 }),
  customerCents: topic('customer-cents-out', { key: utf8, value: int64 }),
  joined: topic('joined', { key: utf8, value: utf8 }),
  leftEven: topic('left-even', { key: nullable(utf8), value: utf8 }),
  leftOdd: topic('left-odd', { key: nullable(utf8), value: utf8 }),
  latest: topic('latest-out', { key: utf8, value: int64 }),
  tierChanges: topic('tier-changes', { key: utf8, value: utf8 }),
  lengths: topic('lengths-out', { key: utf8, value: int64 }),
  skuCounts: topic('sku-counts-out', { key: utf8, value: int64 }),
  skuSums: topic('sku-sums-out', { key: utf8, value: order }),
  tumbling: topic('tumbling-out', { key: windowed(utf8, windows.tumbling), value: int64 }),
  hopping: topic('hopping-out', { key: windowed(utf8, windows.hopping), value: int64 }),
  daily: topic('daily-out', { key: windowed(utf8, windows.daily), value: order }),
  tierCounts: topic('tier-counts-out', { key: utf8, value: int64 }),
  tierMembers: topic('tier-members-out', { key: utf8, value: utf8 }),
  tierWeights: topic('tier-weights-out', { key: utf8, value: int64 }),
  processed: topic('processed', { key: utf8, value: utf8 }),
};

export const deadLetters = topic('dead-letters', { key: nullable(bytes), value: nullable(bytes) });

export const seen = keyValueStore({ name: 'seen', key: utf8, value: int64 });

/** Every so often in stream time, and by the wall clock. */
export const punctuations = { streamMs: 6 * hourMs, wallMs: 700 };

export const applicationId = 'sim';
