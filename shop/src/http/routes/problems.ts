import type { HttpApp } from '../parts.ts';
import { Problem } from '../problem.ts';
import { isProblemCode, problems } from '../problem-codes.ts';
import { detailOf } from '../problem-texts.ts';

/** `/problems/<code>` explains what a problem's `type` points at. */
export function problemRoutes(app: HttpApp): void {
  app.get<{ Params: { code: string } }>(
    '/problems/:code',
    { schema: { hide: true } },
    async (request, reply) => {
      const { code } = request.params;
      if (!isProblemCode(code)) throw new Problem('route-not-found');
      const { status, title } = problems[code];
      void reply.type('text/html; charset=utf-8');
      return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<h1>${title}</h1><p><code>${code}</code>, HTTP ${status}</p>
<p lang="ko">${escaped(detailOf(code, 'ko', {}))}</p>
<p>${escaped(detailOf(code, 'en', {}))}</p></html>`;
    },
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
