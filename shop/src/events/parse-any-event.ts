import { type EventType, eventSchemas, type ShopEvent } from './event-schemas.ts';
import { parseEvent } from './parse-event.ts';

/**
 * Reads an event of any type, by the type it says it has.
 *
 * @throws {TypeError} When it has none that the shop knows.
 * @throws {EventFormatError} When it does not match its type's schema.
 */
export function parseAnyEvent(value: unknown): ShopEvent {
  if (typeof value === 'object' && value !== null && 'type' in value && isType(value.type)) {
    return parseEvent(value.type)(value);
  }
  throw new TypeError('not an event of a known type');
}

function isType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(eventSchemas, type);
}
