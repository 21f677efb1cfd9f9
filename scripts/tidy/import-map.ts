/** Folders of `logpose/src` in order: what stands later may import what stands earlier. */
const ground = ['base', 'errors', 'window', 'serde', 'record'];
const waist = [...ground, 'log', 'store', 'topology'];
const application = [...waist, 'runtime', 'query', 'client', 'compression', 'schedule'];

/** What each folder of `logpose/src` may import besides itself. ARCHITECTURE.md draws this map. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  errors: ['base'],
  window: ['base', 'errors'],
  serde: ['base', 'errors', 'window'],
  record: ['base', 'errors', 'window', 'serde'],
  log: ground,
  store: ground,
  topology: [...ground, 'log', 'store'],
  operators: waist,
  dsl: [...waist, 'operators'],
  runtime: waist,
  query: [...waist, 'runtime'],
  client: [...ground, 'log'],
  'message-port': ['base', 'errors'],
  compression: ['base', 'errors', 'log'],
  schedule: ['base', 'errors'],
  'store-memory': [...ground, 'store'],
  'store-lmdb': [...ground, 'store'],
  'log-embedded': [...ground, 'log', 'client', 'compression'],
  'log-thread': [...ground, 'log', 'message-port'],
  app: [...application, 'message-port', 'store-memory', 'store-lmdb', 'log-thread'],
  testing: [...application, 'app', 'store-memory', 'log-embedded'],
};

/** Packages that one folder of the library, and no other, may import. */
export const packageHomes: Readonly<Record<string, string>> = {
  croner: 'schedule',
  lmdb: 'store-lmdb',
};
