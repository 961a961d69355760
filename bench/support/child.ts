import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A server in a process of its own, so that the load generator does not take its time. */
export interface Child {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Sends a message over the channel and resolves with the answer. One at a time. */
  ask(message: object): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a module that sends `{port}` when it serves, and ends when its channel is closed. */
export async function startChild(module: URL): Promise<Child> {
  const child = fork(module, { execArgv: [...process.execArgv, '--expose-gc'] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${module.pathname} ended`)));
  ended.catch(() => undefined);
  const message = async (): Promise<unknown> => {
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
    return answer;
  };
  const { port } = (await message()) as { readonly port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    ask(question) {
      const answer = message();
      child.send(question);
      return answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
