import { Compile, type Validator } from 'typebox/compile';
import { type EventOf, type EventType, eventSchemas, type ShopEvent } from './event-schemas.ts';

/** A value in a topic that is no event of its type. The record's contents are not repeated. */
export class EventFormatError extends Error {
  override readonly name = 'EventFormatError';
  /** Where in the value the first problem is, as a JSON pointer. */
  readonly path: string;

  constructor(type: EventType, path: string, problem: string) {
    super(`not an event "${type}": ${path === '' ? 'the value' : path} ${problem}`);
    this.path = path;
  }
}

/**
 * Reads events of one type; fields it does not know are kept as they are.
 *
 * @throws {EventFormatError} When the value does not match the type's schema.
 */
export function parseEvent<T extends EventType>(type: T): (value: unknown) => EventOf<T> {
  const validator = validatorOf(type);
  return (value) => {
    if (isEvent<T>(validator, value)) return value;
    const [first] = validator.Errors(value);
    throw new EventFormatError(type, first?.instancePath ?? '', first?.message ?? 'is refused');
  };
}

/**
 * Checks an event before it is written.
 *
 * @throws {EventFormatError} When a field is missing or out of its bounds.
 */
export function checkEvent(event: ShopEvent): void {
  parseEvent(event.type)(event);
}

const validators = new Map<EventType, Validator>();

function validatorOf(type: EventType): Validator {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const validator: Validator = Compile(eventSchemas[type]);
  validators.set(type, validator);
  return validator;
}

function isEvent<T extends EventType>(validator: Validator, value: unknown): value is EventOf<T> {
  return validator.Check(value);
}
