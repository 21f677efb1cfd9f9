import { json, type OutputTopic, utf8 } from 'logpose';
import type { ShopEvent } from '../events/event-schemas.ts';
import { parseAnyEvent } from '../events/parse-any-event.ts';

/** The header that says why the topology did not count an event. */
export const reasonHeader = 'shop.dead.reason';

/** The header that says which record it was: `topic/partition/offset`. */
export const positionHeader = 'shop.dead.position';

/** The topic `.dead`, for events that are well-formed and still cannot be counted. */
export function deadEvents(name: string): OutputTopic<string, ShopEvent> {
  return { name, key: utf8, value: json(parseAnyEvent) };
}
