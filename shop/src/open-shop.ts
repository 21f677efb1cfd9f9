import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCatalogue } from './catalogue-file.ts';
import type { Surroundings } from './domain/surroundings.ts';
import { dayOf } from './domain/zoned-day.ts';
import { listenNear } from './http/listen.ts';
import type { HttpApp } from './http/parts.ts';
import { buildHttp } from './http/server.ts';
import { LiveHub } from './live/live-hub.ts';
import { serveLive } from './live/serve-live.ts';
import type { WorldOptions } from './open-storage.ts';
import { openWorld, type World } from './world.ts';

/** A shop that is open. Disposing of it closes everything, the door first. */
export interface Shop extends AsyncDisposable {
  readonly world: World;
  readonly address: string;
  /** Something a person should know of the address or the page. */
  readonly note: string | undefined;
  readonly liveText: string;
}

const builtPage = fileURLToPath(new URL('../dist/web', import.meta.url));

/** Opens a world and its door. */
export async function openShop(options: Omit<WorldOptions, 'catalogue'>): Promise<Shop> {
  const { config, surroundings, logger } = options;
  const catalogue =
    config.catalogue === undefined
      ? {}
      : { catalogue: parseCatalogue(await readFile(config.catalogue, 'utf8')) };
  await using opened = new AsyncDisposableStack();
  const world = opened.use(await openWorld({ ...options, ...catalogue }));
  const { bus, counts, lists, witness, customers, cache, settings, instance } = world;
  const { zone, time, money } = settings;
  const hasPage = existsSync(join(builtPage, 'index.html'));
  const app = await buildHttp({
    bus,
    counts,
    lists,
    zone,
    surroundings,
    witness,
    world: { time, ...money },
    driver: customers,
    instances: world.streams,
    access: {
      host: config.host,
      ...(config.adminToken === undefined ? {} : { adminToken: config.adminToken }),
    },
    onError: (error) => logger.error({ err: error }, 'a request has failed'),
    ...(hasPage ? { pageDirectory: builtPage } : {}),
  });
  const driver = customers;
  const hub = new LiveHub({
    lists,
    cache,
    witness,
    instance,
    zone,
    surroundings,
    driver,
    instances: world.streams,
  });
  await serveLive(app, hub, surroundings);
  opened.defer(async () => {
    hub.close();
    await closeDoor(app, surroundings);
  });
  const address = await listenNear(app, config);
  customers?.start();
  const parts = opened.move();
  const today = dayOf(lists.nowMs, zone);
  const who = customers === undefined ? 'no customers' : customersText(config);
  return {
    world,
    address: address.url,
    note: notesOf({ hasPage, wanted: config.port, port: address.port }),
    liveText: `${who}, zone ${zone} (today ${today})`,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Waits for answers that are being given, but not for ever for somebody who does not read. */
async function closeDoor(app: HttpApp, { after }: Pick<Surroundings, 'after'>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const cancel = after(maxCloseMs, resolve);
  await Promise.race([app.close(), late]);
  cancel();
}

/** How long requests may take to end when the shop closes. */
const maxCloseMs = 5_000;

function customersText({ customers, rate }: { customers: number; rate: number }): string {
  return `${customers} customers, ${rate} actions/s`;
}

function notesOf(about: {
  readonly hasPage: boolean;
  readonly wanted: number;
  readonly port: number;
}): string | undefined {
  const notes = [
    about.wanted !== 0 && about.port !== about.wanted ? [`port ${about.wanted} is taken`] : [],
    about.hasPage ? [] : ['the page is not built: npm install builds it; the API is there'],
  ].flat();
  return notes.length === 0 ? undefined : notes.join('; ');
}
