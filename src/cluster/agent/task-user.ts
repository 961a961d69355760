import { userInfo } from 'node:os';
import { runCommand } from '../../common/run-command.js';
import { LaunchError } from './launch-error.js';

/** An account that a task runs as. */
export interface TaskUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Puts a command under the rights of an account; undefined = the agent's own. */
export function asUser(user: TaskUser | undefined, command: readonly string[]): readonly string[] {
  if (user === undefined) return command;
  return ['setpriv', '--reuid', String(user.uid), '--regid', String(user.gid), '--init-groups', '--', ...command];
}

/** How long a looked-up account is believed. */
const rememberMs = 60_000;

async function lookUp(name: string): Promise<TaskUser | undefined> {
  // id(1) asks whatever the machine asks (files, LDAP …).
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((what) => runCommand('id', [what, '--', name], { timeoutMs: 10_000 })),
  );
  if (uid?.exitCode !== 0 || gid?.exitCode !== 0) return undefined;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Decides which account a task runs as. */
export class TaskUsers {
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly untilMs: number; readonly user: Promise<TaskUser | undefined> }>();
  readonly #self = userInfo();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The account to switch to; undefined = the agent's own. `requested` is the command's user, `fallback` that of the framework.
   * Only root can switch: anybody else refuses a user that the command asks for, and runs tasks of a framework that merely
   * has another default as itself. Throws LaunchError.
   */
  async resolve(requested: string | undefined, fallback: string, sandbox: string): Promise<TaskUser | undefined> {
    const name = requested ?? fallback;
    if (name === '' || name === this.#self.username) return undefined;
    if (this.#self.uid !== 0) {
      if (requested === undefined) return undefined;
      throw new LaunchError(
        `the task wants to run as user '${name}', but the agent runs as '${this.#self.username}' and only root may switch users`,
      );
    }
    const user = await this.#find(name);
    if (user === undefined) {
      throw new LaunchError(
        `Failed to create executor directory '${sandbox}': Failed to chown directory to '${name}': No such user '${name}'`,
      );
    }
    return user.uid === 0 ? undefined : user;
  }

  #find(name: string): Promise<TaskUser | undefined> {
    const nowMs = this.#now();
    for (const [key, { untilMs }] of this.#known) if (untilMs <= nowMs) this.#known.delete(key);
    const known = this.#known.get(name);
    if (known !== undefined) return known.user;
    const user = lookUp(name);
    this.#known.set(name, { untilMs: nowMs + rememberMs, user });
    return user;
  }
}
