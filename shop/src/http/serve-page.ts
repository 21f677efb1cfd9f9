import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import compress from '@fastify/compress';
import serveStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpApp } from './parts.ts';

/** The page's own scripts and styles, and a line back to this server: nothing else. */
const contentPolicy = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const safeguards = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Serves the built page, and lets it say what is not there to people with a browser. */
export async function servePage(app: HttpApp, root: string): Promise<void> {
  await app.register(async (page) => {
    await page.register(compress, { globalCompression: true, encodings: ['br', 'gzip'] } as const);
    page.addHook('onSend', async (_request, reply) => void reply.headers(safeguards));
    await page.register(serveStatic, {
      root,
      index: ['index.html'],
      // Names of assets change with their contents; the page itself is asked for anew.
      setHeaders: (reply, path) => {
        const lasts = /[\\/]assets[\\/]/.test(path);
        reply.header('cache-control', lasts ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
      cacheControl: false,
    });
    for (const path of pagePaths) {
      page.get(path, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
    }
  });
}

/** True for a reader who takes a page for an answer, and asks for none of the API. */
export function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  const takesPage = /\btext\/html\b/.test(headers.accept ?? '');
  return method === 'GET' && takesPage && !url.startsWith('/api');
}

/** The page, which says itself that it has no such view. */
export async function sendNotFoundPage(reply: FastifyReply, root: string): Promise<FastifyReply> {
  const page = await readFile(join(root, 'index.html'));
  return reply
    .code(404)
    .headers(safeguards)
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(page);
}

/** Addresses of the page's views, which the page itself reads. */
const pagePaths = ['/p/:code', '/board', '/days'];
