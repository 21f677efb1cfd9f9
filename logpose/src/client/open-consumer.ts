import type { Surroundings } from '../base/clock.ts';
import { ConfigError } from '../errors/config-errors.ts';
import type { Compressions } from '../log/compression.ts';
import type { LogPort } from '../log/log-port.ts';
import { BatchConsumer } from './batch-consumer.ts';
import type { Consumer, ConsumerOptions } from './consumer.ts';
import { NamedPartitions } from './group/partition-source.ts';
import { ownProgress } from './group/progress.ts';
import { SharedPartitions } from './group/shared-partitions.ts';
import { startingPoints } from './starting-points.ts';
import type { AnyInput } from './topic-names.ts';

const defaultMaxPollIntervalMs = 300_000;

/** Opens a consumer of named partitions, or of its share of what a group reads. */
export function openConsumer(
  port: LogPort,
  options: ConsumerOptions<AnyInput>,
  around: { readonly surroundings: Surroundings; readonly compressions: Compressions },
): Consumer<unknown, unknown> {
  const { surroundings, compressions } = around;
  const points = startingPoints(port.admin, options);
  // Whoever reads gets the failure.
  points.catch(() => undefined);
  const { groupId, from = 'earliest' } = options;
  if (!('topics' in options)) {
    const progress = groupId === undefined ? undefined : ownProgress(groupId);
    const source = () => new NamedPartitions(points, progress);
    return new BatchConsumer({ port, compressions, source }, options);
  }
  const { maxPollIntervalMs = defaultMaxPollIntervalMs } = options;
  if (!(maxPollIntervalMs >= 1)) {
    throw new ConfigError([`maxPollIntervalMs is ${maxPollIntervalMs} and must be at least 1`]);
  }
  const shared = {
    port,
    surroundings,
    groupId: options.groupId,
    maxPollIntervalMs,
    points,
    mustKeepStart: from !== 'earliest',
  };
  const source = (changed: () => void) => new SharedPartitions({ ...shared, changed });
  return new BatchConsumer({ port, compressions, source }, options);
}
