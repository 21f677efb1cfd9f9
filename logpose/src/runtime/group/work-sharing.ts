import { createHash } from 'node:crypto';
import { TopologyError } from '../../errors/config-errors.ts';
import type { JoinedMember } from '../../log/group-port.ts';
import type { LogAdmin } from '../../log/log-port.ts';
import type { StandbySlot } from '../worker/standby/standby-slot.ts';
import type { PlannedTask } from '../worker/task-plan.ts';
import type { TaskSlot } from '../worker/task-slot.ts';
import type { AssignableTask, AssignmentSettings } from './assignment/assignment.ts';
import { decideShares } from './decide-shares.ts';
import { encodeMemberMetadata } from './member-metadata.ts';
import type { Decision } from './membership.ts';
import { decodeShare, type GrantedShare } from './shares.ts';

/** What a worker shares its work with. */
export interface WorkSharingParts {
  readonly applicationId: string;
  readonly processId: string;
  readonly advertised: string | undefined;
  /** All of the application. */
  readonly tasks: readonly PlannedTask[];
  readonly admin: Pick<LogAdmin, 'offsetRanges'>;
  readonly assignment: AssignmentSettings;
  /** The tasks that it has now. */
  slots(): readonly TaskSlot[];
  /** Those whose stores it keeps warm. */
  standbys(): readonly StandbySlot[];
}

/** What a worker tells the group of its application, and what it is told. */
export class WorkSharing {
  readonly #parts: WorkSharingParts;
  readonly #planFingerprint: string;

  constructor(parts: WorkSharingParts) {
    this.#parts = parts;
    this.#planFingerprint = fingerprintOf(parts.tasks);
  }

  /** What this member says of itself when it joins. */
  metadata(): Uint8Array {
    const { processId, advertised, slots, standbys } = this.#parts;
    const lags = new Map<string, number>();
    for (const { plan, stores } of slots()) if (isStateful(plan)) lags.set(plan.id, stores.lag);
    for (const { plan, lag } of standbys()) if (lag !== undefined) lags.set(plan.id, lag);
    return encodeMemberMetadata({
      processId,
      hostId: processId,
      planFingerprint: this.#planFingerprint,
      advertised,
      capacity: 1,
      active: slots().map(({ plan }) => plan.id),
      standby: standbys().map(({ plan }) => plan.id),
      lags,
    });
  }

  /**
   * As leader: who gets what.
   *
   * @throws {LogUnavailableError} When the log does not say how much state there is.
   */
  async decide(members: readonly JoinedMember[]): Promise<Decision> {
    const settings = this.#parts.assignment;
    const tasks = await this.#assignable();
    const { shares, followUp } = decideShares(members, { tasks, settings });
    return { shares, isProvisional: followUp === 'probe' };
  }

  /**
   * What the leader has given this member; undefined: nothing, as to one it had not heard of.
   *
   * @throws {TopologyError} `TOPOLOGY_CHANGED`: the other instances have another topology.
   */
  shareOf(bytes: Uint8Array): GrantedShare | undefined {
    if (bytes.length === 0) return undefined;
    const share = decodeShare(bytes);
    if (share?.state === 'granted') return share;
    const reason = share?.reason ?? 'its leader is of another version of logpose';
    throw new TopologyError(
      [
        `this instance of application ${this.#parts.applicationId} cannot share tasks with the ` +
          `others: ${reason}. Close the others first, or start this one under another id`,
      ],
      'TOPOLOGY_CHANGED',
    );
  }

  async #assignable(): Promise<readonly AssignableTask[]> {
    const { tasks, admin } = this.#parts;
    const changelogs = tasks.flatMap((task) =>
      changelogsOf(task).map((changelog) => ({ task, changelog })),
    );
    const ranges =
      changelogs.length === 0
        ? []
        : await admin.offsetRanges(changelogs.map(({ changelog }) => changelog));
    const records = new Map<PlannedTask, number>();
    changelogs.forEach(({ task }, at) => {
      const { startOffset = 0, endOffset = 0 } = ranges[at] ?? {};
      records.set(task, (records.get(task) ?? 0) + endOffset - startOffset);
    });
    return tasks.map((task) => ({
      id: task.id,
      isStateful: isStateful(task),
      weight: task.inputs.length + task.stores.length,
      changelogRecords: records.get(task) ?? 0,
    }));
  }
}

function isStateful(task: PlannedTask): boolean {
  return changelogsOf(task).length > 0;
}

function changelogsOf({ stores }: PlannedTask) {
  return stores.flatMap(({ changelog }) => changelog ?? []);
}

/** The same for all who have the same tasks, with the same inputs and state. */
function fingerprintOf(tasks: readonly PlannedTask[]): string {
  const plan = tasks.map(({ id, inputs, stores }) => ({
    id,
    inputs: inputs.map(({ topic, partition }) => [topic, partition]),
    stores: stores.map(({ definition: { name, storeKind, changelog } }) => [
      name,
      storeKind,
      changelog,
    ]),
  }));
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);
}
