import type { MemberTasks } from './assignment/assignment.ts';
import { FieldReader, FieldWriter } from './fields.ts';

/** What the leader tells one member. */
export type Share = GrantedShare | RefusedShare;

/** A member's tasks in a generation, and everybody's. */
export interface GrantedShare extends MemberTasks {
  readonly state: 'granted';
  /** Some tasks are where they are only until those that keep them warm have caught up. */
  readonly isProvisional: boolean;
  /** Who has what, for whoever looks for a task's state. In order of the members' ids. */
  readonly holders: readonly TaskHolder[];
}

/** A member that cannot be given tasks: it has none, and is to end. */
export interface RefusedShare {
  readonly state: 'refused';
  readonly reason: string;
}

/** A member and its tasks as the others know them. */
export interface TaskHolder {
  readonly memberId: string;
  readonly processId: string;
  /** `host:port` under which its stores are reached. */
  readonly advertised: string | undefined;
  readonly active: readonly string[];
  /** Warm-ups among them. */
  readonly standby: readonly string[];
}

const version = 1;
const kinds = { granted: 0, refused: 1 } as const;

/**
 * ```text
 * share   := version 1: byte, (0: byte, granted | 1: byte, reason: text)
 * granted := isProvisional: byte (0 or 1), active, standby, warmup: list of text,
 *            holders: list of holder
 * holder  := memberId, processId: text, advertised: optional text, active, standby: list of text
 * ```
 */
export function encodeShare(share: Share): Uint8Array {
  const to = new FieldWriter();
  to.byte(version);
  to.byte(kinds[share.state]);
  if (share.state === 'refused') to.text(share.reason);
  else writeGranted(share, to);
  return to.finish();
}

/** Undefined: these are not such bytes, or those of another version. */
export function decodeShare(bytes: Uint8Array): Share | undefined {
  const from = new FieldReader(bytes);
  if (from.byte() !== version) return undefined;
  const kind = from.byte();
  if (kind > kinds.refused) return undefined;
  const share = kind === kinds.refused ? readRefused(from) : readGranted(from);
  return from.isWhole ? share : undefined;
}

function writeGranted(share: GrantedShare, to: FieldWriter): void {
  to.byte(share.isProvisional ? 1 : 0);
  to.texts(share.active);
  to.texts(share.standby);
  to.texts(share.warmup);
  to.list(share.holders, (holder) => {
    to.text(holder.memberId);
    to.text(holder.processId);
    to.optionalText(holder.advertised);
    to.texts(holder.active);
    to.texts(holder.standby);
  });
}

function readRefused(from: FieldReader): RefusedShare {
  return { state: 'refused', reason: from.text() };
}

function readGranted(from: FieldReader): GrantedShare {
  return {
    state: 'granted',
    isProvisional: from.flag(),
    active: from.texts(),
    standby: from.texts(),
    warmup: from.texts(),
    holders: from.list(() => ({
      memberId: from.text(),
      processId: from.text(),
      advertised: from.optionalText(),
      active: from.texts(),
      standby: from.texts(),
    })),
  };
}
