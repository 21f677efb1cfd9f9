import { type RecordPosition, type Serde, type Topic, topic } from 'logpose';
import type { EventOf } from './event-schemas.ts';

/**
 * A view as programs before version 1 write it: this word, with or without JSON quotes. Its
 * treasure is the record's key, its time the record's; there is no visitor.
 */
export const seedView = 'PRODUCT_VIEW_COUNT_EVENT';

/** A view of any version. */
export type AnyView = ViewEvent | typeof seedView;

type ViewEvent = EventOf<'product.viewed'>;

/** The same topic, read with the views of version 0 among the others. */
export function anyViews({ name, key, value }: Topic<string, ViewEvent>): Topic<string, AnyView> {
  return topic(name, {
    key,
    value: anyView(value),
    timestamp: (view, _key, { timestamp }) => (view === seedView ? timestamp : view.occurredAt),
  });
}

/** Where a view of version 0 stands: all that is known of it. */
export interface SeenView {
  readonly key: string;
  readonly timestamp: number;
  readonly position: RecordPosition | undefined;
}

/** A view in today's form. One of version 0 is named after its place, the same at each reading. */
export function upcastView(view: AnyView, { key, timestamp, position }: SeenView): ViewEvent {
  if (view !== seedView) return view;
  return {
    v: 1,
    id: idAt(position),
    type: 'product.viewed',
    occurredAt: timestamp,
    source: 'api',
    productCode: key,
  };
}

/** A UUID of the free kind, version 8. Source: RFC 9562, section 5.8. */
function idAt(position: RecordPosition | undefined): string {
  const { partition = 0, offset = 0 } = position ?? {};
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${hex(partition, 8)}-0000-8000-8000-${hex(offset, 12)}`;
}

function anyView(current: Serde<ViewEvent>): Serde<AnyView> {
  return {
    encode: (view, to) => (view === seedView ? to.utf8(seedView) : current.encode(view, to)),
    decode: (bytes, start, end) =>
      seedForms.some((form) => isEqual(form, bytes.subarray(start, end)))
        ? seedView
        : current.decode(bytes, start, end),
    holds: 'plain',
    identity: undefined,
  };
}

const seedForms = [seedView, JSON.stringify(seedView)].map((form) => Buffer.from(form));

function isEqual(form: Buffer, bytes: Uint8Array): boolean {
  return form.length === bytes.length && form.equals(bytes);
}
