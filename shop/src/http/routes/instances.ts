import Type from 'typebox';
import { unreachable } from '../../domain/assert.ts';
import { requireAdmin } from '../access.ts';
import type { HttpApp, RouteTools } from '../parts.ts';
import { Problem } from '../problem.ts';
import { answers, instanceReport, noBody } from '../schemas.ts';

const tags = ['ops'];

/** The stream instances: who has which tasks, and what happens when one dies. */
export function instanceRoutes(app: HttpApp, tools: RouteTools): void {
  const { access, instances } = tools.parts;

  const list = {
    tags,
    summary: 'The stream instances: their states, their tasks, and how far restoring is',
    response: answers(200, Type.Array(instanceReport)),
  };
  app.get('/api/ops/instances', { schema: list }, async (request) =>
    tools.success(request, instances.report()),
  );

  const kill = {
    tags,
    summary: 'Kills a stream instance without warning; it starts again after a few seconds',
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }),
    body: noBody,
    response: answers(200, instanceReport),
  };
  app.post('/api/ops/instances/:id/kill', { schema: kill }, async (request) => {
    requireAdmin(request, access);
    const { id } = request.params;
    const killed = instances.kill(id);
    const reports = instances.report();
    switch (killed) {
      case 'killed':
        return tools.success(
          request,
          reports.find((one) => one.id === id),
        );
      case 'not-found': {
        const known = reports.map((one) => one.id).join(', ');
        throw new Problem('instance-not-found', { id, known });
      }
      case 'already-down':
        throw new Problem('instance-down', { id });
      default:
        return unreachable(killed);
    }
  });
}
