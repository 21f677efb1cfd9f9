import { topic } from 'logpose';
import type { Case } from './case.ts';
import { anyBytes, deadLetters } from './case-records.ts';
import { Unsupported } from './unsupported.ts';

/** What `config` may say, all else is not offered. */
const known = new Set([
  'application.id',
  'default.timestamp.extractor',
  'ensure.explicit.internal.resource.naming',
  deadLetters,
  'max.task.idle.ms',
  'processing.guarantee',
  'statestore.cache.max.bytes',
  'deserialization.exception.handler',
  'processing.exception.handler',
]);

/** @throws {Unsupported} When a case's settings say what is not offered. */
export function checkSettings({ config }: Case): void {
  for (const [name, value] of Object.entries(config)) {
    const size = name === 'statestore.cache.max.bytes' && Number(value) > 0;
    if (!known.has(name) || (size && Number(value) < 1_000_000)) {
      throw new Unsupported(`${name} = ${value}`);
    }
  }
}

/** The same settings as options of a driver or an application. */
export function settingsOf({ config }: Case) {
  const cached = config['statestore.cache.max.bytes'] !== 0;
  const letters = config[deadLetters];
  const passOver =
    typeof letters === 'string' ? { deadLetter: topic(letters, anyBytes) } : 'continue';
  const decision = (name: string) => (config[name] === 'continue' ? passOver : 'fail');
  return {
    emit: cached ? 'each-commit' : 'each-change',
    onDecodeError: () => decision('deserialization.exception.handler'),
    onProcessError: () => decision('processing.exception.handler'),
  } as const;
}

/** The prefix of a case's internal topics. */
export function applicationIdOf({ config }: Case): string {
  return String(config['application.id'] ?? 'parity');
}
