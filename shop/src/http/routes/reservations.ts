import Type from 'typebox';
import { requestSchemas } from '../../bus/messages.ts';
import { subjects } from '../../bus/subjects.ts';
import { isoInZone } from '../../domain/zoned-day.ts';
import type { HttpApp, RouteTools } from '../parts.ts';
import { presentReservation } from '../present.ts';
import { type Language, languageOf } from '../problem-texts.ts';
import { answers, noBody, reservation } from '../schemas.ts';

const tags = ['reservations'];
const params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const { reserveDate, ...otherFields } = requestSchemas[subjects.createReservation].properties;
const decided = Type.Object({
  message: Type.String(),
  status: Type.String(),
  orderId: Type.Optional(Type.Integer()),
});

/** Reserving for a day, and deciding. */
export function reservationRoutes(app: HttpApp, tools: RouteTools): void {
  const { zone } = tools.parts;

  const create = {
    tags,
    summary: 'Holds a treasure for a day',
    description: 'The day is given as reserveDate; reserveTime is an older name for it.',
    // A day is asked for by either of its names, never by both.
    body: Type.Object(
      {
        ...otherFields,
        reserveDate: Type.Optional(reserveDate),
        reserveTime: Type.Optional(reserveDate),
      },
      { additionalProperties: false, minProperties: 2 },
    ),
    response: answers(
      201,
      Type.Object({ reservationId: Type.Integer(), expiresAt: Type.String() }),
    ),
  };
  app.post('/api/reservations', { schema: create }, async (request, reply) => {
    const { reserveDate: day, reserveTime, ...rest } = request.body;
    const body = { ...rest, reserveDate: day ?? reserveTime ?? '' };
    const made = await tools.ask(request, subjects.createReservation, body);
    const { reservationId, expiresAtMs = 0 } = made;
    void reply.code(201).header('location', `/api/reservations/${reservationId}`);
    const expiresAt = isoInZone(expiresAtMs, zone);
    return tools.success(request, { reservationId, expiresAt }, 201);
  });

  const fetch = { tags, summary: 'One reservation', params, response: answers(200, reservation) };
  app.get('/api/reservations/:id', { schema: fetch }, async (request) => {
    const asked = { reservationId: request.params.id };
    const found = await tools.ask(request, subjects.fetchReservation, asked);
    return tools.success(request, presentReservation(found.reservation, found.product, zone));
  });

  const confirm = {
    tags,
    summary: 'Turns a reservation into an order',
    params,
    body: noBody,
    response: answers(200, decided),
  };
  app.post('/api/reservations/:id/confirm', { schema: confirm }, async (request) => {
    const asked = { reservationId: request.params.id };
    const { status, orderId } = await tools.ask(request, subjects.confirmReservation, asked);
    const message = messages.confirmed[languageOf(request.headers['accept-language'])];
    return tools.success(request, { message, status, orderId });
  });

  const cancel = {
    tags,
    summary: 'Gives a reservation up; its pieces are free again',
    params,
    body: noBody,
    response: answers(200, decided),
  };
  app.post('/api/reservations/:id/cancel', { schema: cancel }, async (request) => {
    const asked = { reservationId: request.params.id };
    const { status } = await tools.ask(request, subjects.cancelReservation, asked);
    const message = messages.cancelled[languageOf(request.headers['accept-language'])];
    return tools.success(request, { message, status });
  });
}

const messages: Readonly<Record<'confirmed' | 'cancelled', Readonly<Record<Language, string>>>> = {
  confirmed: {
    ko: '예약을 확정했습니다. 같이 출항합시다!',
    en: 'Confirmed. We sail together!',
  },
  cancelled: {
    ko: '예약을 취소했습니다. 다음 항해에서 만나요.',
    en: 'Cancelled. See you on the next voyage.',
  },
};
