/** What a stream instance is doing; `down`: it was killed, or has failed, and starts again soon. */
export type InstanceState = 'starting' | 'rebalancing' | 'running' | 'down';

/** One stream instance, as people see it. */
export interface InstanceReport {
  readonly id: string;
  readonly state: InstanceState;
  /** The tasks it has now. */
  readonly tasks: readonly string[];
  /** Changelog records that are still to be read before its counts can be asked. */
  readonly restoreLag: number;
}

/** What became of the wish to kill an instance. */
export type Killed = 'killed' | 'not-found' | 'already-down';

/** The stream instances of this process, as people watch and kill them. */
export interface Instances {
  report(): readonly InstanceReport[];
  /** Ends one without warning; it starts again after a few seconds. */
  kill(id: string): Killed;
}
