import Type, { type Static } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

const channelName = Type.String({ minLength: 1, maxLength: 32 });
const channelKey = Type.Optional(Type.String({ maxLength: 128 }));
const strict = { additionalProperties: false };

const clientFrame = Type.Union([
  Type.Object({ op: Type.Literal('sub'), ch: channelName, key: channelKey }, strict),
  Type.Object({ op: Type.Literal('unsub'), ch: channelName, key: channelKey }, strict),
  Type.Object(
    { op: Type.Literal('here'), code: Type.String({ minLength: 1, maxLength: 64 }) },
    strict,
  ),
  Type.Object({ op: Type.Literal('away') }, strict),
  Type.Object({ op: Type.Literal('ping') }, strict),
]);

/** What a page sends. */
export type ClientFrame = Static<typeof clientFrame>;

/** Reads one text frame; undefined when it is none of the protocol. */
export function readClientFrame(text: string): ClientFrame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isClientFrame(frame) ? frame : undefined;
}

const validator: Validator = Compile(clientFrame);

function isClientFrame(frame: unknown): frame is ClientFrame {
  return validator.Check(frame);
}
