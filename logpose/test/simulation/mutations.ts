import { Punctuations } from '../../src/runtime/task/punctuations.ts';
import { Levels } from '../../src/store/levels.ts';
import type { Mutant } from './mutant.ts';

const oneOf = 4;

/** Builds a mutant's mistakes into the engine, until it is disposed of. */
export function mutations(mutant: Mutant | undefined): Disposable {
  using made = new DisposableStack();
  if (mutant?.rollback === 'skipped') made.use(keptRows());
  if (mutant?.generation === 'dropped') made.use(droppedGenerations());
  if (mutant?.punctuation === 'lost') made.use(lostPunctuations());
  return made.move();
}

/** Uncommitted rows are kept where they should be dropped. */
function keptRows(): Disposable {
  const { rollback } = Levels.prototype;
  Levels.prototype.rollback = function keep(this: Levels<unknown, unknown, unknown>): void {
    this.settle();
    this.seal(() => undefined);
    this.settle();
  };
  return {
    [Symbol.dispose]: () => {
      Levels.prototype.rollback = rollback;
    },
  };
}

/** Now and then, what was committed is dropped where it should be kept. */
function droppedGenerations(): Disposable {
  const { settle } = Levels.prototype;
  let calls = 0;
  Levels.prototype.settle = function drop(this: Levels<unknown, unknown, unknown>): void {
    if (++calls % oneOf === 0) this.rollback();
    else settle.call(this);
  };
  return {
    [Symbol.dispose]: () => {
      Levels.prototype.settle = settle;
    },
  };
}

/** Now and then, what is due does not run, and is due again only the next time. */
function lostPunctuations(): Disposable {
  const { add } = Punctuations.prototype;
  let calls = 0;
  Punctuations.prototype.add = function lose(this: Punctuations, planned) {
    const run = (nowMs: number): void => {
      if (++calls % oneOf !== 0) planned.run(nowMs);
    };
    return add.call(this, { ...planned, run });
  };
  return {
    [Symbol.dispose]: () => {
      Punctuations.prototype.add = add;
    },
  };
}
