import { ConfigError } from '../errors/config-errors.ts';
import type { LogAdmin, TopicDescription } from '../log/log-port.ts';
import { type InputTopic, matchesTopic } from '../record/topic.ts';

export type AnyInput = InputTopic<unknown, unknown>;

/** A topic of the log and how its records are read. */
export interface KnownTopic {
  readonly input: AnyInput;
  readonly description: TopicDescription;
}

/**
 * The topics of the log that the inputs mean: one for a topic, all that match for a pattern.
 *
 * @throws {ConfigError} When a topic is not there.
 */
export async function findTopics(
  admin: LogAdmin,
  inputs: readonly AnyInput[],
): Promise<readonly KnownTopic[]> {
  const named: { readonly input: AnyInput; readonly name: string }[] = [];
  for (const input of inputs) {
    for (const name of await namesOf(admin, input)) named.push({ input, name });
  }
  const descriptions = await admin.describeTopics(named.map(({ name }) => name));
  const missing = named.filter((_, index) => descriptions[index] === undefined);
  if (missing.length > 0) {
    throw new ConfigError(missing.map(({ name }) => `there is no topic ${name}`));
  }
  return named.flatMap(({ input }, index) => {
    const description = descriptions[index];
    return description === undefined ? [] : [{ input, description }];
  });
}

async function namesOf(admin: LogAdmin, input: AnyInput): Promise<readonly string[]> {
  if ('name' in input && typeof input.name === 'string') return [input.name];
  if ('pattern' in input && input.pattern instanceof RegExp) {
    const { pattern } = input;
    return (await admin.listTopics()).filter((name) => matchesTopic(pattern, name));
  }
  throw new ConfigError(['a topic to read has a name or a pattern']);
}
