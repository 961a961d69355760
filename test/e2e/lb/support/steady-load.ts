import { Agent, request } from 'node:http';
import type { Test } from 'tap';
import { messageOf } from '../../../../src/common/errors.js';
import { sleep } from '../../../../src/common/time.js';

/** Clients that ask all the time, and note everything that is not an answer of an app. */
export interface SteadyLoad {
  /** Answers with status 200. */
  readonly answered: number;
  /** What went wrong, each with the time since the start in milliseconds. */
  readonly failures: readonly string[];
  /** Ends all clients; resolves when the last answer is there. */
  stop(): Promise<void>;
}

export interface SteadyLoadOptions {
  readonly port: number;
  readonly host: string;
  /** Clients that keep their connection, and that close it after each answer. */
  readonly keeping: number;
  readonly closing: number;
  readonly pauseMs: number;
}

/** Starts to ask `GET /` of a port of 127.0.0.1; ends with the test at the latest. */
export function startLoad(t: Test, { port, host, keeping, closing, pauseMs }: SteadyLoadOptions): SteadyLoad {
  const startedAt = performance.now();
  const failures: string[] = [];
  const agents: Agent[] = [];
  let answered = 0;
  let stopped = false;

  function once(agent: Agent): Promise<void> {
    return new Promise((resolve) => {
      const failed = (what: string): void => {
        failures.push(`${Math.round(performance.now() - startedAt)} ms: ${what}`);
        resolve();
      };
      const call = request({ host: '127.0.0.1', port, path: '/', agent, headers: { host }, timeout: 10_000 });
      call.on('response', (response) => {
        response.resume();
        response.on('error', (error) => failed(messageOf(error)));
        response.on('end', () => {
          if (response.statusCode !== 200) return failed(`status ${response.statusCode}`);
          answered += 1;
          resolve();
        });
      });
      call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
      call.on('error', (error) => failed(messageOf(error)));
      call.end();
    });
  }

  async function client(keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    agents.push(agent);
    while (!stopped) {
      await once(agent);
      await sleep(pauseMs);
    }
  }

  const clients = [
    ...Array.from({ length: keeping }, () => client(true)),
    ...Array.from({ length: closing }, () => client(false)),
  ];
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(clients);
    for (const agent of agents) agent.destroy();
  };
  t.teardown(stop);
  return {
    get answered() {
      return answered;
    },
    failures,
    stop,
  };
}
