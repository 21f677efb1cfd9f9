import { ConfigError } from '../errors/config-errors.ts';
import type { AnyConsumer } from './consumer.ts';

const groups = new WeakMap<AnyConsumer, string>();

/** Remembers whose progress a consumer commits, out of sight of its public type. */
export function joinGroup(consumer: AnyConsumer, groupId: string): void {
  groups.set(consumer, groupId);
}

/** @throws {ConfigError} When the consumer has no group, or is not of any log's making. */
export function groupOf(consumer: AnyConsumer): string {
  const groupId = groups.get(consumer);
  if (groupId === undefined) {
    throw new ConfigError(['a consumer without a groupId has no progress to commit']);
  }
  return groupId;
}
