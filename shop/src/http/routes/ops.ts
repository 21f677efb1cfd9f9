import Type from 'typebox';
import { subjects } from '../../bus/subjects.ts';
import { dayOf, isoInZone } from '../../domain/zoned-day.ts';
import { noDriver } from '../../ops/driver.ts';
import { requireAdmin } from '../access.ts';
import type { HttpApp, RouteTools } from '../parts.ts';
import { Problem } from '../problem.ts';
import { answers, driverReport, shopFacts } from '../schemas.ts';

const tags = ['ops'];

/** For whoever runs the shop, and the smallest test of the bus. */
export function opsRoutes(app: HttpApp, tools: RouteTools): void {
  const { access, driver, bus } = tools.parts;

  const hello = {
    tags,
    summary: 'Says hello over the bus',
    response: answers(200, Type.String()),
  };
  app.get('/api/nats/request/hello', { schema: hello }, async (request, reply) => {
    const { body, answeredBy } = await bus.request(subjects.hello, 'hello');
    void reply.header('x-answered-by', answeredBy);
    return tools.success(request, body);
  });

  const facts = {
    tags,
    summary: 'What kind of shop this is: its zone, its day, and what its prices are in',
    response: answers(200, shopFacts),
  };
  app.get('/api/shop', { schema: facts }, async (request) => {
    const { zone, world, lists } = tools.parts;
    const { time, currency, scale } = world;
    const now = isoInZone(lists.nowMs, zone);
    const day = dayOf(lists.nowMs, zone);
    return tools.success(request, { zone, day, now, time, currency, scale });
  });

  const report = {
    tags,
    summary: 'The simulated customers',
    response: answers(200, driverReport),
  };
  app.get('/api/ops/driver', { schema: report }, async (request) =>
    tools.success(request, driver?.report() ?? noDriver),
  );

  const change = {
    tags,
    summary: 'Steers the simulated customers',
    body: Type.Object(
      {
        customers: Type.Optional(Type.Integer({ minimum: 0, maximum: 5_000 })),
        rate: Type.Optional(Type.Number({ minimum: 0, maximum: 2_000 })),
        paused: Type.Optional(Type.Boolean()),
        seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: answers(200, driverReport),
  };
  app.patch('/api/ops/driver', { schema: change }, async (request) => {
    requireAdmin(request, access);
    if (driver === undefined) throw new Problem('no-customers');
    return tools.success(request, driver.change(request.body));
  });
}
