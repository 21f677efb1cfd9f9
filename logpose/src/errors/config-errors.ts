import { StreamsError } from './streams-error.ts';

/** Options that cannot be used: all of them, not the first. */
export class ConfigError extends StreamsError {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly retriable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(sentence('cannot use this configuration', problems), options);
    this.problems = problems;
  }
}

/** A topology that cannot run, with every reason. */
export class TopologyError extends StreamsError {
  override readonly name = 'TopologyError';
  readonly code: 'TOPOLOGY_INVALID' | 'TOPOLOGY_CHANGED';
  readonly retriable = false;
  readonly problems: readonly string[];

  constructor(
    problems: readonly string[],
    code: 'TOPOLOGY_INVALID' | 'TOPOLOGY_CHANGED' = 'TOPOLOGY_INVALID',
  ) {
    super(
      sentence(
        code === 'TOPOLOGY_INVALID'
          ? 'cannot build this topology'
          : 'cannot continue the state of another topology',
        problems,
      ),
    );
    this.code = code;
    this.problems = problems;
  }
}

function sentence(what: string, problems: readonly string[]): string {
  const [only] = problems;
  return problems.length === 1 ? `${what}: ${only}` : `${what}:\n  - ${problems.join('\n  - ')}`;
}
