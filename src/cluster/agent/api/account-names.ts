import { readFile } from 'node:fs/promises';

const rememberMs = 60_000;

async function readNames(path: string): Promise<ReadonlyMap<number, string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name !== undefined && name !== '' && id !== undefined) names.set(Number(id), name);
  }
  return names;
}

interface Names {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

/** Names of users and groups by id, from the machine's files; read again from time to time. */
export class AccountNames {
  readonly #now: () => number;
  #read: { readonly untilMs: number; readonly names: Promise<Names> } | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(): Promise<Names> {
    if (this.#read === undefined || this.#read.untilMs <= this.#now()) {
      const names = Promise.all([readNames('/etc/passwd'), readNames('/etc/group')]).then(([users, groups]) => ({
        users,
        groups,
      }));
      this.#read = { untilMs: this.#now() + rememberMs, names };
    }
    return this.#read.names;
  }
}
