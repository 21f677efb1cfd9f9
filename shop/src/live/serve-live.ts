import websocket from '@fastify/websocket';
import type { Surroundings } from '../domain/surroundings.ts';
import type { HttpApp } from '../http/parts.ts';
import { newVisitor, visitorOf } from '../http/visitor.ts';
import type { LiveSocket } from './live-connection.ts';
import type { LiveHub } from './live-hub.ts';

/** Bytes of a frame of a page. */
const maxPayload = 4_096;

/** Serves the hub at `/live`. */
export async function serveLive(
  app: HttpApp,
  hub: LiveHub,
  surroundings: Surroundings,
): Promise<void> {
  await app.register(websocket, { options: { maxPayload } });
  await app.register(async (routes) => {
    routes.get(
      '/live',
      { websocket: true, schema: { hide: true } },
      (socket: PageSocket, request) => {
        const visitor = visitorOf(request.headers) ?? newVisitor(surroundings);
        const visit = hub.open(socket, visitor);
        socket.on('message', (data, isBinary) => {
          // A binary frame is none of the protocol, and is answered like other nonsense.
          visit.receive(isBinary ? '' : data.toString());
        });
        socket.on('pong', () => visit.pong());
        // A frame that is too large closes the line with 1009: nothing else is to be done.
        socket.on('error', () => undefined);
        socket.on('close', () => visit.closed());
      },
    );
  });
}

/** A WebSocket, as far as it is used: the library that makes it brings no types. */
interface PageSocket extends LiveSocket {
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: 'pong' | 'close' | 'error', listener: () => void): void;
}
