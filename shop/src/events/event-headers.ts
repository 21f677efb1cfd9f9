import { noHeaders, type RecordHeaders } from 'logpose';
import { type EventType, eventVersion } from './event-schemas.ts';

/** The headers of every event of one type. */
export function eventHeaders(type: EventType): RecordHeaders {
  const known = headers.get(type);
  if (known !== undefined) return known;
  const made = noHeaders
    .with('content-type', 'application/json')
    .with('event-type', type)
    .with('event-version', String(eventVersion));
  headers.set(type, made);
  return made;
}

const headers = new Map<EventType, RecordHeaders>();
