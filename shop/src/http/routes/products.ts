import type { RecordPosition } from 'logpose';
import Type from 'typebox';
import { requestSchemas } from '../../bus/messages.ts';
import { subjects } from '../../bus/subjects.ts';
import { maxAppendWaitMs } from '../../stats/event-publisher.ts';
import { requireAdmin } from '../access.ts';
import type { HttpApp, RouteTools } from '../parts.ts';
import { presentProduct, presentViewed } from '../present.ts';
import { answers, product, viewedProduct } from '../schemas.ts';
import { visitorOf } from '../visitor.ts';

const tags = ['products'];
const params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const { productId: _changed, ...changeFields } = requestSchemas[subjects.changeProduct].properties;
const { productId: _adjusted, ...stockFields } = requestSchemas[subjects.adjustStock].properties;
const strict = { additionalProperties: false };

/** The catalogue, and the page of one treasure. */
export function productRoutes(app: HttpApp, tools: RouteTools): void {
  const { zone } = tools.parts;

  const list = {
    tags,
    summary: 'The catalogue, newest first',
    querystring: Type.Object(
      {
        size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
        lastId: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
      },
      strict,
    ),
    response: answers(200, Type.Array(product)),
  };
  app.get('/api/products', { schema: list }, async (request) => {
    const { size = 10, ...rest } = request.query;
    const page = { size, ...rest };
    const { products, nextId } = await tools.ask(request, subjects.listProducts, page);
    const result = products.map((row) => presentProduct(row, zone));
    const pagination = { nextId, last: nextId === null };
    return { ...tools.success(request, result), pagination };
  });

  const view = {
    tags,
    summary: 'One treasure with its counts; asking counts as a view',
    description:
      'The answer waits up to waitMs for its own view to be counted. A count that is not ready is null.',
    params,
    querystring: Type.Object(
      { waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_000, default: 150 })) },
      strict,
    ),
    response: answers(200, viewedProduct),
  };
  app.get('/api/products/:id', { schema: view }, async (request, reply) => {
    const asked = { productId: request.params.id };
    const { product: row } = await tools.ask(request, subjects.fetchProduct, asked);
    const { witness, counts, lists } = tools.parts;
    const { waitMs = 150 } = request.query;
    const visitorId = visitorOf(request.headers);
    // Who waits for the count waits for the log as well.
    const logWaitMs = Math.max(maxAppendWaitMs, waitMs);
    const after = await witness.viewed(row.code, { visitorId, waitMs: logWaitMs });
    if (after !== undefined) void reply.header('x-view-position', positionText(after));
    const read =
      after === undefined ? counts.notTaken() : await counts.viewsOf(row.code, { waitMs, after });
    const viewers = lists.ready ? lists.viewersOf(row.code) : null;
    return tools.success(request, presentViewed(row, { counts: read, viewers }, zone));
  });

  adminRoutes(app, tools);
}

function adminRoutes(app: HttpApp, tools: RouteTools): void {
  const { zone, access } = tools.parts;
  const admin = {
    preHandler: async (request: Parameters<typeof requireAdmin>[0]) =>
      requireAdmin(request, access),
  };

  const create = {
    tags,
    summary: 'A new treasure (for whoever runs the shop)',
    body: requestSchemas[subjects.createProduct],
    response: answers(201, product),
  };
  app.post('/api/products', { schema: create, ...admin }, async (request, reply) => {
    const made = await tools.ask(request, subjects.createProduct, request.body);
    void reply.code(201).header('location', `/api/products/${made.product.id}`);
    return tools.success(request, presentProduct(made.product, zone), 201);
  });

  const change = {
    tags,
    summary: 'Edits a treasure (for whoever runs the shop)',
    params,
    body: Type.Object(changeFields, { ...strict, minProperties: 1 }),
    response: answers(200, product),
  };
  app.patch('/api/products/:id', { schema: change, ...admin }, async (request) => {
    const body = { ...request.body, productId: request.params.id };
    const changed = await tools.ask(request, subjects.changeProduct, body);
    return tools.success(request, presentProduct(changed.product, zone));
  });

  const stock = {
    tags,
    summary: 'Restocks or writes off (for whoever runs the shop)',
    params,
    body: Type.Object(stockFields, strict),
    response: answers(200, product),
  };
  app.post('/api/products/:id/stock', { schema: stock, ...admin }, async (request) => {
    const body = { ...request.body, productId: request.params.id };
    const adjusted = await tools.ask(request, subjects.adjustStock, body);
    return tools.success(request, presentProduct(adjusted.product, zone));
  });
}

function positionText({ topic, partition, offset }: RecordPosition): string {
  return `${topic}-${partition}@${offset}`;
}
