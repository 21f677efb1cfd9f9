import { signal } from '@preact/signals';
import { backOffMs } from './back-off.ts';
import { type Frame, type LineListener, protocolVersion, readFrame } from './frames.ts';

/** How often this side asks for a sign of life, and after how much silence the line is dead. */
const pingMs = 15_000;
const silenceMs = 40_000;

/** Where the line to the shop stands. */
export type LineState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly sinceMs: number; readonly retryAtMs: number }
  /** The shop speaks a newer protocol than this page: only a reload helps. */
  | { readonly kind: 'outdated' };

/** One WebSocket that comes back by itself until the page is closed. */
export class Line {
  /** Written only here. */
  readonly state = signal<LineState>({ kind: 'connecting' });
  /** By how much the shop's clock is ahead of this machine's. */
  readonly clockAheadMs = signal(0);
  readonly zone = signal('Asia/Seoul');

  readonly #address: string;
  readonly #listener: LineListener;
  #socket: WebSocket | undefined;
  #failures = 0;
  #brokenSinceMs: number | undefined;
  #retry = 0;
  #heartbeat = 0;
  #lastHeardMs = 0;
  #retryHintMs: number | undefined;

  constructor(address: string, listener: LineListener) {
    this.#address = address;
    this.#listener = listener;
  }

  /** Connects now, also when a later try is due. Does nothing on an open line. */
  connect(): void {
    if (this.#socket !== undefined || this.state.value.kind === 'outdated') return;
    clearTimeout(this.#retry);
    if (this.#brokenSinceMs === undefined) this.state.value = { kind: 'connecting' };
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(data);
    // An error is always followed by a close.
    socket.onclose = () => this.#closed(socket);
  }

  /** Sends one frame if the line is open; otherwise it is asked for again on opening. */
  send(frame: Readonly<Record<string, string>>): void {
    if (this.state.value.kind === 'open') this.#socket?.send(JSON.stringify(frame));
  }

  #receive(data: unknown): void {
    this.#lastHeardMs = Date.now();
    const frame = readFrame(data);
    if (frame === undefined) return;
    if (frame.op === 'hello') this.#greet(frame);
    else this.#listener.received(frame);
    if (frame.op === 'bye') this.#retryHintMs = frame.retryMs;
  }

  #greet(hello: Extract<Frame, { op: 'hello' }>): void {
    if (hello.version !== protocolVersion) {
      this.state.value = { kind: 'outdated' };
      this.#socket?.close();
      return;
    }
    this.#failures = 0;
    this.#brokenSinceMs = undefined;
    this.clockAheadMs.value = hello.nowMs - Date.now();
    this.zone.value = hello.zone;
    this.state.value = { kind: 'open' };
    this.#heartbeat = setInterval(() => this.#beat(), pingMs);
    this.#listener.opened();
  }

  #beat(): void {
    if (Date.now() - this.#lastHeardMs > silenceMs) this.#drop();
    else this.send({ op: 'ping' });
  }

  /** A dead line may take minutes to notice its close: it is given up at once. */
  #drop(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
    this.#closed(socket);
  }

  #closed(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    clearInterval(this.#heartbeat);
    if (this.state.value.kind === 'outdated') return;
    this.#failures += 1;
    this.#brokenSinceMs ??= Date.now();
    const waitMs = this.#retryHintMs ?? backOffMs(this.#failures, Math.random());
    this.#retryHintMs = undefined;
    this.state.value = {
      kind: 'closed',
      sinceMs: this.#brokenSinceMs,
      retryAtMs: Date.now() + waitMs,
    };
    this.#retry = setTimeout(() => this.connect(), waitMs);
  }
}
