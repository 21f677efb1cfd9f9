import { createLog } from '../../client/create-log.ts';
import { builtInCompressions } from '../../compression/built-in-compressions.ts';
import { ConfigError } from '../../errors/config-errors.ts';
import { ThreadLog } from '../../log-thread/thread-log.ts';
import { type Answering, answerCalls, type CallAnswers } from '../../message-port/answer-calls.ts';
import { errorData } from '../../message-port/error-data.ts';
import type { StorePeer } from '../../query/store-peer.ts';
import { memoryStores } from '../../store-memory/memory-stores.ts';
import { withInternals } from '../internals.ts';
import { loadModule } from '../load-module.ts';
import { PeerRegistry } from '../peers.ts';
import { StreamsApp } from '../streams-app.ts';
import { topologyHash } from '../topology-hash.ts';
import type {
  PlacedRole,
  StartOrder,
  ThreadCalls,
  ThreadData,
  ThreadEvent,
  ThreadNotice,
} from './messages.ts';
import { ServedPeer } from './served-peer.ts';

/** How often figures that change all the time are told. */
const figuresIntervalMs = 500;

/** An application's instance in a worker thread: does what the main thread says, tells it all. */
export class ThreadInstance {
  readonly #data: ThreadData;
  readonly #log: ThreadLog;
  readonly #answering: Answering<ThreadEvent>;
  #app: StreamsApp | undefined = undefined;
  #served: ServedPeer | undefined = undefined;
  #figures: NodeJS.Timeout | undefined = undefined;

  constructor(data: ThreadData) {
    this.#data = data;
    this.#log = new ThreadLog(data.log);
    this.#answering = answerCalls<ThreadCalls, ThreadNotice, ThreadEvent>(data.control, {
      calls: this.#answers(),
      notice: (notice) => this.#told(notice),
      closed: () => undefined,
    });
  }

  #answers(): CallAnswers<ThreadCalls> {
    return {
      start: (order) => this.#start(order),
      close: (options) => this.#close(() => this.#app?.close(options)),
      abandon: () =>
        this.#close(() => {
          this.#app?.abandon();
          return this.#app?.close();
        }),
      get: async (question) => (await this.#peer()?.get(question)) ?? { state: 'elsewhere' },
      scan: async (question) => (await this.#scans()?.scan(question)) ?? { state: 'elsewhere' },
      nextPage: async (scan) => (await this.#scans()?.nextPage(scan)) ?? { state: 'elsewhere' },
      waitFor: async ({ place, wait }) => (await this.#peer()?.waitFor(place, wait)) ?? 'elsewhere',
    };
  }

  #told(notice: ThreadNotice): void {
    if (notice.kind === 'close-scan') this.#served?.closeScan(notice.scan);
    else this.#app?.[notice.kind]();
  }

  async #start({ isPaused }: StartOrder): Promise<void> {
    const app = await this.#newApp();
    this.#app = app;
    if (isPaused) app.pause();
    await app.start();
    this.#figures = setInterval(() => this.#tellFigures(), figuresIntervalMs);
    this.#tellFigures();
  }

  async #newApp(): Promise<StreamsApp> {
    const { module, worker, options, settings } = this.#data;
    const definition = await loadModule(new URL(module));
    if (topologyHash(definition.topology) !== this.#data.topologyHash) {
      throw new ConfigError([
        `the module ${module} has another topology in worker ${worker} than on the main thread: ` +
          'the file was changed, or builds it from what differs between threads',
      ]);
    }
    const { engine, ...plain } = options;
    const log = createLog(this.#log, { compressions: builtInCompressions });
    const stores = engine === 'memory' ? { stores: { engine: memoryStores } } : {};
    const app = new StreamsApp(
      withInternals(
        { ...plain, ...definition, workers: 0, ...stores, log },
        { settings, failed: (error) => this.#tell({ kind: 'failed', error: errorData(error) }) },
      ),
    );
    this.#forward(app);
    return app;
  }

  #forward(app: StreamsApp): void {
    app.on('state', (change) => {
      // A reader that hears of it finds who has what.
      this.#tellFigures();
      this.#tell({ kind: 'state', change });
    });
    app.on('restore', (progress) => this.#tell({ kind: 'restore', progress }));
    app.on('rebalance', ({ tasks }) => {
      this.#tell({ kind: 'rebalance', tasks });
      this.#tellFigures();
    });
    app.on('dropped', (dropped) => this.#tell({ kind: 'dropped', dropped }));
    app.on('error', (error) => this.#tell({ kind: 'error', error: errorData(error) }));
  }

  async #close(close: () => Promise<void> | undefined): Promise<void> {
    clearInterval(this.#figures);
    await close();
    this.#tellFigures();
    await this.#log.close();
  }

  #tell(event: ThreadEvent): void {
    this.#answering.tell(event);
  }

  #tellFigures(): void {
    const metrics = this.#app?.metrics() ?? [];
    const peer = this.#peer();
    const figures = {
      metrics,
      roles: this.#roles(),
      sharing: peer?.sharing,
      processId: peer?.processId,
    };
    this.#tell({ kind: 'figures', figures });
  }

  #roles(): readonly PlacedRole[] {
    const peer = this.#peer();
    return this.#data.places.flatMap((place) => {
      const role = peer?.role(place);
      return role === undefined ? [] : [{ ...role, place }];
    });
  }

  #scans(): ServedPeer | undefined {
    const peer = this.#peer();
    if (peer !== undefined) this.#served ??= new ServedPeer(peer);
    return this.#served;
  }

  /** The instance's own: nobody else of the application is in this thread. */
  #peer(): StorePeer | undefined {
    const { id } = this.#data.options;
    return this.#app && new PeerRegistry(this.#log, id).list()[0];
  }
}
