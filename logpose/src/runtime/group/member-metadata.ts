import { FieldReader, FieldWriter } from './fields.ts';

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

const version = 1;

/**
 * ```text
 * metadata := version 1: byte, processId, hostId, planFingerprint: text, advertised: optional text,
 *             capacity: number, active, standby: list of text, lags: list of (task: text, number)
 * ```
 */
export function encodeMemberMetadata(metadata: MemberMetadata): Uint8Array {
  const to = new FieldWriter();
  to.byte(version);
  to.text(metadata.processId);
  to.text(metadata.hostId);
  to.text(metadata.planFingerprint);
  to.optionalText(metadata.advertised);
  to.number(metadata.capacity);
  to.texts(metadata.active);
  to.texts(metadata.standby);
  to.list([...metadata.lags], ([task, lag]) => {
    to.text(task);
    to.number(lag);
  });
  return to.finish();
}

/** Undefined: these are not such bytes, or those of another version. */
export function decodeMemberMetadata(bytes: Uint8Array): MemberMetadata | undefined {
  const from = new FieldReader(bytes);
  if (from.byte() !== version) return undefined;
  const metadata: MemberMetadata = {
    processId: from.text(),
    hostId: from.text(),
    planFingerprint: from.text(),
    advertised: from.optionalText(),
    capacity: from.number(1),
    active: from.texts(),
    standby: from.texts(),
    lags: new Map(from.list((): [string, number] => [from.text(), from.number(0)])),
  };
  return from.isWhole ? metadata : undefined;
}
