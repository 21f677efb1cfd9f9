/** What a member of an application's group says of itself when it joins. */
export interface MemberMetadata {
  /** Tells its producer from the others'. */
  readonly processId: string;
  /** Members of one host share its files. */
  readonly hostId: string;
  /** Members of different plans cannot share tasks. */
  readonly planFingerprint: string;
  /** `host:port` under which its stores are reached. */
  readonly advertised: string | undefined;
  /** How much work it takes compared with the others. At least 1. */
  readonly capacity: number;
  /** Ids of the tasks that it processes. */
  readonly active: readonly string[];
  /** Ids of the tasks whose stores it keeps warm. */
  readonly standby: readonly string[];
  /** By task: changelog records it is behind. Left out: it has nothing of the task. */
  readonly lags: ReadonlyMap<string, number>;
}
