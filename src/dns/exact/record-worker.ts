// Runs in a worker thread: to parse and read the state of a large cluster takes tens of milliseconds, in which no query would be answered.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../common/errors.js';
import { RecordMaker } from './record-maker.js';
import type { AxfrInput, MakeInput } from './record-maker.js';

/** What is asked for: a method of RecordMaker with what it takes. */
export type RecordCall =
  | { readonly call: 'parse'; readonly body: string }
  | { readonly call: 'read' | 'enumerate' }
  | ({ readonly call: 'make' } & MakeInput)
  | { readonly call: 'take'; readonly most: number }
  | ({ readonly call: 'axfr' } & AxfrInput);

/** What each of them gives. */
export interface RecordResults {
  readonly parse: ReturnType<RecordMaker['parse']>;
  readonly read: ReturnType<RecordMaker['read']>;
  readonly make: ReturnType<RecordMaker['make']>;
  readonly take: ReturnType<RecordMaker['take']>;
  readonly enumerate: string;
  readonly axfr: string;
}

/** The answers come in the order of the calls. */
export type RecordAnswer =
  | { readonly result: RecordResults[keyof RecordResults] }
  /** What is wrong with the document. */
  | { readonly error: string };

const maker = new RecordMaker();

function resultOf(asked: RecordCall): RecordResults[keyof RecordResults] {
  switch (asked.call) {
    case 'parse':
      return maker.parse(asked.body);
    case 'read':
      return maker.read();
    case 'make':
      return maker.make(asked);
    case 'take':
      return maker.take(asked.most);
    case 'enumerate':
      return maker.enumerate();
    case 'axfr':
      return maker.axfr(asked);
  }
}

parentPort?.on('message', (asked: RecordCall) => {
  let answer: RecordAnswer;
  try {
    answer = { result: resultOf(asked) };
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
