import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Surroundings } from '../domain/surroundings.ts';

const cookieName = 'visitor';
const keptSeconds = 86_400;
const visitorForm = /^[\w-]{1,64}$/;

/** Who asks, as they say themselves: a header, or the cookie of an earlier answer. */
export function visitorOf(headers: FastifyRequest['headers']): string | undefined {
  const header = headers['x-visitor-id'];
  const named = typeof header === 'string' ? header : cookieOf(headers.cookie);
  return named !== undefined && visitorForm.test(named) ? named : undefined;
}

/** Gives a visitor without a name one that says nothing about them, for a day. */
export function nameVisitor(
  request: FastifyRequest,
  reply: FastifyReply,
  surroundings: Pick<Surroundings, 'randomBytes'>,
): void {
  if (visitorOf(request.headers) !== undefined) return;
  const name = newVisitor(surroundings);
  const cookie = `${cookieName}=${name}; Max-Age=${keptSeconds}; Path=/; SameSite=Lax; HttpOnly`;
  void reply.header('set-cookie', cookie);
}

/** A random name. */
export function newVisitor({ randomBytes }: Pick<Surroundings, 'randomBytes'>): string {
  return `v_${Buffer.from(randomBytes(new Uint8Array(12))).toString('base64url')}`;
}

function cookieOf(cookies: string | undefined): string | undefined {
  for (const cookie of (cookies ?? '').split(';')) {
    const [name, value] = cookie.trim().split('=');
    if (name === cookieName) return value;
  }
  return undefined;
}
