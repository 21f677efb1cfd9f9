import Type from 'typebox';
import { requestSchemas } from '../../bus/messages.ts';
import { subjects } from '../../bus/subjects.ts';
import type { HttpApp, RouteTools } from '../parts.ts';
import { presentOrder } from '../present.ts';
import { answers, noBody, order } from '../schemas.ts';

const tags = ['orders'];
const params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

/** Ordering and taking an order back. */
export function orderRoutes(app: HttpApp, tools: RouteTools): void {
  const { zone } = tools.parts;

  const create = {
    tags,
    summary: 'Join the crew now: orders a treasure',
    body: requestSchemas[subjects.createOrder],
    response: answers(201, Type.Object({ orderId: Type.Integer() })),
  };
  app.post('/api/orders', { schema: create }, async (request, reply) => {
    const { orderId } = await tools.ask(request, subjects.createOrder, request.body);
    void reply.code(201).header('location', `/api/orders/${orderId}`);
    return tools.success(request, { orderId }, 201);
  });

  const fetch = { tags, summary: 'One order', params, response: answers(200, order) };
  app.get('/api/orders/:id', { schema: fetch }, async (request) => {
    const asked = { orderId: request.params.id };
    const found = await tools.ask(request, subjects.fetchOrder, asked);
    return tools.success(request, presentOrder(found.order, found.product, zone));
  });

  const cancel = {
    tags,
    summary: 'Takes an order back; its pieces are free again',
    params,
    body: noBody,
    response: answers(200, Type.Object({ orderId: Type.Integer(), status: Type.String() })),
  };
  app.post('/api/orders/:id/cancel', { schema: cancel }, async (request) => {
    const asked = { orderId: request.params.id };
    const { orderId, status } = await tools.ask(request, subjects.cancelOrder, asked);
    return tools.success(request, { orderId, status });
  });
}
