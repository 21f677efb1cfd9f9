import type { MessagePort, Transferable } from 'node:worker_threads';
import { errorData } from './error-data.ts';
import type { CallMessage, CallTypes, ResultMessage, ToAnswerer, ToCaller } from './messages.ts';

/** An answer for each call. */
export type CallAnswers<C extends CallTypes<C>> = {
  readonly [K in keyof C]: (args: C[K]['args']) => C[K]['result'] | Promise<C[K]['result']>;
};

/** What the answering side does. */
export interface Answers<C extends CallTypes<C>, Notice> {
  readonly calls: CallAnswers<C>;
  /** Memory in a result that moves to the other side. Default: none. */
  readonly transfers?: {
    readonly [K in keyof C]?: (result: C[K]['result']) => readonly Transferable[];
  };
  notice(notice: Notice): void;
  /** The port is closed, by either side or with its thread. */
  closed(): void;
}

/** How the answering side tells of what happens, and ends. */
export interface Answering<Event> {
  tell(event: Event): void;
  /** Closes the port. */
  close(): void;
}

/** Answers what comes through a port: calls are begun in the order they arrive. */
export function answerCalls<C extends CallTypes<C>, Notice = never, Event = never>(
  port: MessagePort,
  answers: Answers<C, Notice>,
): Answering<Event> {
  const send = (message: ToCaller<C, Event>, transfer: readonly Transferable[] = []): void =>
    port.postMessage(message, transfer);
  port.on('close', () => answers.closed());
  port.on('message', (message: ToAnswerer<C, Notice>) => {
    if (message.kind === 'notice') answers.notice(message.notice);
    else void answer(message, answers, send);
  });
  return { tell: (event) => send({ kind: 'event', event }), close: () => port.close() };
}

type Send<C extends CallTypes<C>> = (
  message: ToCaller<C, never>,
  transfer?: readonly Transferable[],
) => void;

async function answer<C extends CallTypes<C>, K extends keyof C>(
  { id, name, args }: CallMessage<C, K>,
  { calls, transfers }: Answers<C, never>,
  send: Send<C>,
): Promise<void> {
  try {
    const result = await calls[name](args);
    const message: ResultMessage<C, K> = { kind: 'result', id, name, result };
    send(message, transfers?.[name]?.(result));
  } catch (error) {
    send({ kind: 'failure', id, error: errorData(error) });
  }
}
