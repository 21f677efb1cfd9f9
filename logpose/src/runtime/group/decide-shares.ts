import type { JoinedMember } from '../../log/group-port.ts';
import { assignTasks } from './assignment/assign-tasks.ts';
import type {
  AssignableTask,
  Assignment,
  AssignmentSettings,
  FollowUp,
  MemberTasks,
} from './assignment/assignment.ts';
import { compareText } from './assignment/group-view.ts';
import { decodeMemberMetadata, type MemberMetadata } from './member-metadata.ts';
import { encodeShare, type TaskHolder } from './shares.ts';

/** What a leader decides with. */
export interface LeaderParts {
  readonly tasks: readonly AssignableTask[];
  readonly settings: AssignmentSettings;
}

/** What a leader has decided: shares as bytes by member id. */
export interface DecidedShares {
  readonly shares: ReadonlyMap<string, Uint8Array>;
  readonly followUp: FollowUp;
}

/**
 * Shares the tasks out among the members of the plan that most of them have. Members of another
 * plan, or that say something that cannot be read, are refused: they would read other topics into
 * the same state.
 */
export function decideShares(
  joined: readonly JoinedMember[],
  { tasks, settings }: LeaderParts,
): DecidedShares {
  const known = new Map<string, MemberMetadata>();
  for (const { memberId, metadata } of joined) {
    const read = decodeMemberMetadata(metadata);
    if (read !== undefined) known.set(memberId, read);
  }
  const fingerprint = prevailing([...known.values()]);
  const members = [...known].filter(([, { planFingerprint }]) => planFingerprint === fingerprint);
  const assignment = assignTasks({
    tasks,
    settings,
    members: members.map(([id, metadata]) => ({ id, ...metadata })),
  });
  const granted = grantedShares(new Map(members), assignment);
  const shares = new Map(
    joined.map(({ memberId }) => [
      memberId,
      granted.get(memberId) ?? encodeShare({ state: 'refused', reason: reasonOf(memberId, known) }),
    ]),
  );
  return { shares, followUp: assignment.followUp };
}

/** The plan that most have; of equally many that of whoever has more tasks, then the first. */
function prevailing(members: readonly MemberMetadata[]): string | undefined {
  const groups = Map.groupBy(members, ({ planFingerprint }) => planFingerprint);
  const owned = (group: readonly MemberMetadata[]) =>
    group.reduce((sum, { active }) => sum + active.length, 0);
  const [first] = [...groups].sort(
    ([a, some], [b, others]) =>
      others.length - some.length || owned(others) - owned(some) || compareText(a, b),
  );
  return first?.[0];
}

function grantedShares(
  members: ReadonlyMap<string, MemberMetadata>,
  assignment: Assignment,
): ReadonlyMap<string, Uint8Array> {
  const holders = [...assignment.members].flatMap(([memberId, tasks]): readonly TaskHolder[] => {
    const member = members.get(memberId);
    if (member === undefined) return [];
    return [holderOf(memberId, member, tasks)];
  });
  const isProvisional = assignment.followUp === 'probe';
  return new Map(
    [...assignment.members].map(([memberId, tasks]) => [
      memberId,
      encodeShare({ state: 'granted', isProvisional, ...tasks, holders }),
    ]),
  );
}

function holderOf(
  memberId: string,
  { processId, advertised }: MemberMetadata,
  { active, standby, warmup }: MemberTasks,
): TaskHolder {
  return { memberId, processId, advertised, active, standby: [...standby, ...warmup] };
}

function reasonOf(memberId: string, known: ReadonlyMap<string, MemberMetadata>): string {
  return known.has(memberId)
    ? 'its topology, or the partitions of its topics, are others than those of most instances'
    : 'what it says of itself cannot be read: it is of another version of logpose';
}
