import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from './problem.ts';

/** Who may come in, and who may run the shop. */
export interface AccessRules {
  /** Where the server listens: on loopback only loopback names are answered. */
  readonly host: string;
  /** Lets others than this machine use the admin routes. */
  readonly adminToken?: string;
}

/** What is looked at of a request. */
export interface Caller {
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Refuses pages of other sites, which a browser would let write here, and foreign names for this
 * machine, by which such a page could pass for ours.
 *
 * @throws {Problem} `foreign-origin`.
 */
export function refuseForeign({ headers }: Caller, { host }: AccessRules): void {
  const called = hostOf(headers.host);
  if (isLoopback(host) && called !== undefined && !isLoopback(called.hostname)) {
    throw new Problem('foreign-origin');
  }
  const { origin } = headers;
  if (origin === undefined) return;
  const from = URL.canParse(origin) ? new URL(origin).host : undefined;
  if (from === undefined || from !== called?.host) throw new Problem('foreign-origin');
}

/** @throws {Problem} `not-allowed`, unless this machine asks or the token is right. */
export function requireAdmin(caller: Caller, { adminToken }: AccessRules): void {
  if (isLocal(caller)) return;
  const given = /^Bearer (.+)$/.exec(caller.headers.authorization ?? '')?.[1];
  if (adminToken === undefined || given === undefined || !isEqual(given, adminToken)) {
    throw new Problem('not-allowed');
  }
}

/** True for a program on this machine that speaks for itself, not for others behind it. */
export function isLocal({ ip, headers }: Caller): boolean {
  const speaksForOthers = 'x-forwarded-for' in headers || 'forwarded' in headers;
  return isLoopback(ip) && !speaksForOthers;
}

function isLoopback(name: string): boolean {
  const plain = name.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '');
  return plain === 'localhost' || plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain);
}

function hostOf(header: string | undefined): URL | undefined {
  const address = `http://${header ?? ''}`;
  return header !== undefined && URL.canParse(address) ? new URL(address) : undefined;
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
