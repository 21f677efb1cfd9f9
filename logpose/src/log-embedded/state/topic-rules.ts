import type { TopicSpecification } from '../../log/log-port.ts';

/** What a topic's settings say about its segments. −1 and infinity: without end. */
export interface TopicRules {
  readonly deletes: boolean;
  readonly compacts: boolean;
  readonly retentionMs: number;
  /** Per partition. */
  readonly retentionBytes: number;
  readonly segmentMs: number;
  /** Undefined: the log's own. */
  readonly segmentBytes: number | undefined;
  readonly deleteRetentionMs: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly minCleanableDirtyRatio: number;
}

type Config = Readonly<Record<string, string>>;

interface NumberRule {
  readonly least: number;
  readonly most?: number;
  /** Kafka's. */
  readonly default: number;
  readonly shape?: RegExp;
}

// However short retention is, segments last so long: each is a file.
const minRetentionRollMs = 60_000;
const dayMs = 24 * 60 * 60 * 1000;
const whole = /^-?\d+$/;
const decimal = /^\d+(\.\d+)?$/;

const numbers = {
  'retention.ms': { least: -1, default: 7 * dayMs },
  'retention.bytes': { least: -1, default: -1 },
  'segment.ms': { least: 1, default: 7 * dayMs },
  'segment.bytes': { least: 1, default: Number.NaN },
  'delete.retention.ms': { least: 0, default: dayMs },
  'min.compaction.lag.ms': { least: 0, default: 0 },
  'max.compaction.lag.ms': { least: 1, default: Number.POSITIVE_INFINITY },
  'min.cleanable.dirty.ratio': { least: 0, most: 1, default: 0.5, shape: decimal },
} as const satisfies Readonly<Record<string, NumberRule>>;

type NumberName = keyof typeof numbers;

// Settings of brokers that mean nothing to one process: taken, and without effect.
const withoutEffect: ReadonlySet<string> = new Set([
  'compression.type',
  'compression.gzip.level',
  'compression.lz4.level',
  'compression.zstd.level',
  'file.delete.delay.ms',
  'flush.messages',
  'flush.ms',
  'follower.replication.throttled.replicas',
  'index.interval.bytes',
  'leader.replication.throttled.replicas',
  'local.retention.bytes',
  'local.retention.ms',
  'max.message.bytes',
  'message.timestamp.after.max.ms',
  'message.timestamp.before.max.ms',
  'min.insync.replicas',
  'preallocate',
  'remote.log.copy.disable',
  'remote.log.delete.on.disable',
  'remote.storage.enable',
  'segment.index.bytes',
  'segment.jitter.ms',
  'unclean.leader.election.enable',
]);

/** The settings of a topic, with Kafka's defaults. */
export function rulesOf(config: Config): TopicRules {
  const policies = policiesOf(config);
  const number = (name: NumberName): number => numberOf(config, name);
  const segmentBytes = number('segment.bytes');
  const retentionMs = number('retention.ms');
  const deletes = policies.includes('delete');
  // A segment goes as a whole: one that spans days would keep for days what is kept for an hour.
  const isShort = deletes && retentionMs >= 0;
  const mostMs = isShort ? Math.max(retentionMs, minRetentionRollMs) : Number.POSITIVE_INFINITY;
  return {
    deletes,
    compacts: policies.includes('compact'),
    retentionMs,
    retentionBytes: number('retention.bytes'),
    segmentMs: Math.min(number('segment.ms'), mostMs),
    segmentBytes: segmentBytes > 0 ? segmentBytes : undefined,
    deleteRetentionMs: number('delete.retention.ms'),
    minCompactionLagMs: number('min.compaction.lag.ms'),
    maxCompactionLagMs: number('max.compaction.lag.ms'),
    minCleanableDirtyRatio: number('min.cleanable.dirty.ratio'),
  };
}

/** Every setting that makes no sense, as a sentence. */
export function problemsOfConfig({ name: topic, config = {} }: TopicSpecification): string[] {
  const problems = Object.entries(config).flatMap(([name, value]) => problemOf(name, value) ?? []);
  const rules = rulesOf(config);
  if (problems.length === 0 && rules.minCompactionLagMs > rules.maxCompactionLagMs) {
    problems.push('min.compaction.lag.ms is longer than max.compaction.lag.ms');
  }
  return problems.map((problem) => `the topic ${topic}: ${problem}`);
}

function problemOf(name: string, value: string): string | undefined {
  if (isNumberName(name)) return problemOfNumber(name, value);
  if (name === 'cleanup.policy') {
    const isKnown = policiesIn(value).every((each) => each === 'delete' || each === 'compact');
    if (isKnown) return undefined;
    return `cleanup.policy is '${value}' and must be delete, compact or compact,delete`;
  }
  if (name === 'message.timestamp.type') {
    if (value === 'CreateTime') return undefined;
    return `message.timestamp.type is '${value}': this log keeps the times of records, CreateTime`;
  }
  return withoutEffect.has(name) ? undefined : `Kafka has no topic setting ${name}`;
}

function problemOfNumber(name: NumberName, value: string): string | undefined {
  const { least, most = Number.POSITIVE_INFINITY, shape = whole }: NumberRule = numbers[name];
  const number = Number(value);
  if (shape.test(value) && number >= least && number <= most) return undefined;
  const kind = shape === whole ? 'a whole number' : 'a number';
  const upTo = most < Number.POSITIVE_INFINITY ? ` and at most ${most}` : '';
  return `${name} is '${value}' and must be ${kind}, at least ${least}${upTo}`;
}

/** What cannot be understood was written before it was checked, and means the default. */
function numberOf(config: Config, name: NumberName): number {
  const value = config[name];
  const isUsable = value !== undefined && problemOfNumber(name, value) === undefined;
  return isUsable ? Number(value) : numbers[name].default;
}

function policiesOf(config: Config): readonly string[] {
  const { 'cleanup.policy': value = 'delete' } = config;
  return problemOf('cleanup.policy', value) === undefined ? policiesIn(value) : ['delete'];
}

function policiesIn(value: string): readonly string[] {
  return value.split(',').map((each) => each.trim());
}

function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(numbers, name);
}
