import { type Kysely, sql } from 'kysely';
import type {
  CommandAnswer,
  CommandOutcome,
  CommandRequest,
  Idempotency,
} from '../domain/command.ts';
import { refused } from '../domain/refusal.ts';
import { iso } from './rows.ts';
import type { Tables } from './tables.ts';

/** How long a key protects against repetition. */
export const idempotencyKeptMs = 86_400_000;

/** One text per key, for maps and for the order in which keys are taken. */
export function keyTextOf({ scope, key }: Idempotency): string {
  return JSON.stringify([scope, key]);
}

/**
 * Takes the requests' keys for this transaction. What was answered before is returned by key text:
 * the stored answer, or the refusal of a key that was used for something else.
 *
 * A key that another transaction is just taking is waited for. Keys are taken in one order by
 * everybody, so two transactions cannot wait for each other.
 */
export async function claimKeys(
  trx: Kysely<Tables>,
  requests: readonly CommandRequest[],
  nowMs: number,
): Promise<ReadonlyMap<string, CommandOutcome>> {
  const keys = requests.flatMap(({ idempotency }) => idempotency ?? []);
  if (keys.length === 0) return new Map();
  const json = JSON.stringify(keys);
  const claimed = await sql<{ scope: string; key: string }>`
    insert into idempotency_key (scope, key, request_hash, created_at)
    select scope, key, "requestHash", ${iso(nowMs)}::timestamptz
    from jsonb_to_recordset(${json}::jsonb) as r(scope text, key text, "requestHash" text)
    order by scope, key on conflict do nothing returning scope, key`.execute(trx);
  if (claimed.rows.length === keys.length) return new Map();
  return storedOutcomes(trx, keys, new Set(claimed.rows.map(keyText)));
}

/** Stores the answers with their keys; a refusal gives its key back, so it may succeed later. */
export async function settleKeys(
  trx: Kysely<Tables>,
  outcomes: ReadonlyMap<Idempotency, CommandOutcome>,
): Promise<void> {
  const answered = [...outcomes].flatMap(([key, outcome]) =>
    outcome.kind === 'done' ? [{ ...key, response: outcome.answer }] : [],
  );
  const given = [...outcomes].flatMap(([key, { kind }]) => (kind === 'refused' ? [key] : []));
  if (answered.length > 0) {
    await sql`update idempotency_key set status = 200, response = r.response
      from jsonb_to_recordset(${JSON.stringify(answered)}::jsonb)
        as r(scope text, key text, response jsonb)
      where idempotency_key.scope = r.scope and idempotency_key.key = r.key`.execute(trx);
  }
  if (given.length > 0) {
    await sql`delete from idempotency_key
      using jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as r(scope text, key text)
      where idempotency_key.scope = r.scope and idempotency_key.key = r.key`.execute(trx);
  }
}

/** Forgets keys whose time is over. */
export async function forgetOldKeys(db: Kysely<Tables>, nowMs: number): Promise<void> {
  await db
    .deleteFrom('idempotency_key')
    .where('created_at', '<', sql<number>`${iso(nowMs - idempotencyKeptMs)}::timestamptz`)
    .execute();
}

async function storedOutcomes(
  trx: Kysely<Tables>,
  keys: readonly Idempotency[],
  claimed: ReadonlySet<string>,
): Promise<ReadonlyMap<string, CommandOutcome>> {
  const known = keys.filter((key) => !claimed.has(keyTextOf(key)));
  const { rows } = await sql<StoredKey>`
    select k.scope, k.key, k.request_hash, k.response from idempotency_key k
    join jsonb_to_recordset(${JSON.stringify(known)}::jsonb) as r(scope text, key text)
      on k.scope = r.scope and k.key = r.key`.execute(trx);
  const stored = new Map(rows.map((row) => [keyText(row), row]));
  return new Map(known.map((key) => [keyTextOf(key), outcomeOf(key, stored.get(keyTextOf(key)))]));
}

interface StoredKey {
  readonly scope: string;
  readonly key: string;
  readonly request_hash: string;
  readonly response: CommandAnswer;
}

function outcomeOf(key: Idempotency, row: StoredKey | undefined): CommandOutcome {
  // Deleted between the two statements, as its day was over: the caller may try again.
  if (row === undefined) return refused('busy');
  if (row.request_hash !== key.requestHash) return refused('idempotency-key-reused');
  return { kind: 'done', answer: row.response };
}

function keyText({ scope, key }: { readonly scope: string; readonly key: string }): string {
  return JSON.stringify([scope, key]);
}
