import type { HttpApp } from './parts.ts';

/** How many ports above the wanted one are tried. */
const maxPortsTried = 20;

/** Where the server listens. */
export interface Listening {
  readonly url: string;
  readonly port: number;
}

/** Listens at the port, or at the next free one. */
export async function listenNear(
  app: HttpApp,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  for (let tried = port; ; tried++) {
    try {
      await app.listen({ host, port: tried });
      break;
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || tried >= port + maxPortsTried) throw error;
    }
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, port: bound };
}
