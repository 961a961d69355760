import type { MapFile } from '../../compile/routing-model.js';
import type { ActualServers } from '../../plan/reconcile.js';
import type { RuntimeChange } from '../../plan/runtime-change.js';
import { readServerWords } from '../../plan/server-words.js';
import { haproxyCommand, haproxyCommands } from '../stats-socket.js';
import { commandsFor, deletion, readDeletion } from './commands.js';
import type { Command } from './commands.js';
import { actualServers, parseMap, parseSessions } from './read-back.js';
import { WithdrawnServers } from './withdrawn-servers.js';
import type { WithdrawnServer } from './withdrawn-servers.js';

/** HAProxy answers in less than a millisecond; this is for a machine that is short of everything. */
const timeoutMs = 10_000;
const perCommandMs = 5;

const noEntries: ReadonlyMap<string, string> = new Map();

/** Commands, answers and what has to be remembered between them: the running process, as it is told what to do. */
export class RuntimeLink {
  readonly withdrawn = new WithdrawnServers();
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /**
   * Which servers cannot be added because a withdrawn one of the same name, that is another one all the same, is still in use; for
   * people.
   */
  conflicts(changes: readonly RuntimeChange[]): string[] {
    return changes.flatMap((change) => {
      if (change.kind !== 'add-server') return [];
      const was = this.withdrawn.get(change.backend, change.server);
      const isOther =
        was !== undefined &&
        (was.endpoint !== change.endpoint || readServerWords(was.words).rest !== readServerWords(change.words).rest);
      return isOther ? [`${change.backend}/${change.server} is still in use as it was before`] : [];
    });
  }

  /**
   * Tells the process all changes, in order, on one connection. Returns what it did not accept, in its own words; nothing when all
   * is in force. Throws when it cannot be reached. `maps` are those that it has.
   */
  async tell(changes: readonly RuntimeChange[], maps: readonly MapFile[]): Promise<string[]> {
    const known = new Map(maps.map((map) => [map.path, map.entries]));
    const commands: Command[] = [];
    const problems: string[] = [];
    for (const change of changes) {
      const was = change.kind === 'add-server' ? this.withdrawn.get(change.backend, change.server) : undefined;
      const steps = change.kind === 'add-server' && was !== undefined ? returning(was, change) : [change];
      for (const step of steps) commands.push(...commandsFor(step, (file) => known.get(file) ?? noEntries));
    }
    const answers = await this.#ask(commands.map(({ text }) => text));
    for (const [index, { text, isGood }] of commands.entries()) {
      const answer = answers[index] ?? '';
      if (!isGood(answer)) problems.push(`"${text.split('\n')[0] ?? ''}": ${answer}`);
    }
    for (const change of changes) {
      if (change.kind === 'withdraw-server') this.withdrawn.add(change);
      if (change.kind === 'add-server') this.withdrawn.delete(change.backend, change.server);
    }
    return problems;
  }

  /** Deletes withdrawn servers that nobody uses any more. Throws when the process cannot be reached. */
  async deleteWithdrawn(): Promise<void> {
    const candidates = this.withdrawn.deletable;
    const draining = candidates.filter(({ state }) => state === 'drain');
    const sessions = await this.sessions(draining);
    const idle = candidates.filter(
      (server) => server.state !== 'drain' || sessions.get(`${server.backend}/${server.server}`) === 0,
    );
    const answers = await this.#ask(
      idle.flatMap((server) => [
        ...commandsFor({ ...server, kind: 'set-state', state: 'maint' }, () => noEntries).map(({ text }) => text),
        deletion(server.backend, server.server).text,
      ]),
    );
    for (const [index, server] of idle.entries()) {
      const outcome = readDeletion(answers[2 * index + 1] ?? '');
      if (outcome === 'deleted') this.withdrawn.delete(server.backend, server.server);
      if (outcome === 'pinned') this.withdrawn.pin(server);
    }
  }

  /** The sessions on each of these servers (`backend/server`), and those that wait for it. Throws when the process cannot be reached. */
  async sessions(servers: readonly Pick<WithdrawnServer, 'backend'>[]): Promise<ReadonlyMap<string, number>> {
    const backends = [...new Set(servers.map(({ backend }) => backend))];
    // 4: servers; -1: all of them.
    const answers = await this.#ask(backends.map((backend) => `show stat ${backend} 4 -1`));
    return new Map(answers.flatMap((answer) => [...parseSessions(answer)]));
  }

  /** What the process says of all its servers. Throws when it cannot be reached. */
  async servers(): Promise<ActualServers> {
    return actualServers(await this.serverStates());
  }

  /** The same as HAProxy writes it. */
  serverStates(): Promise<string> {
    return haproxyCommand(this.#socket, 'show servers state', timeoutMs);
  }

  /** What the process has in these maps; those that it does not use are left out. Throws when it cannot be reached. */
  async maps(paths: readonly string[]): Promise<MapFile[]> {
    const answers = await this.#ask(paths.map((path) => `show map ${path}`));
    return paths.flatMap((path, index) => {
      const answer = answers[index] ?? '';
      return answer.startsWith('Unknown map') ? [] : [{ path, entries: parseMap(answer) }];
    });
  }

  #ask(commands: readonly string[]): Promise<string[]> {
    return haproxyCommands(this.#socket, commands, timeoutMs + perCommandMs * commands.length);
  }
}

/** What brings a withdrawn server back. */
function returning(
  was: WithdrawnServer,
  { backend, server, words }: RuntimeChange & { kind: 'add-server' },
): RuntimeChange[] {
  const [old, now] = [readServerWords(was.words), readServerWords(words)];
  return [
    ...(old.weight === now.weight ? [] : [{ kind: 'set-weight', backend, server, weight: now.weight } as const]),
    { kind: 'set-state', backend, server, state: now.disabled ? 'maint' : 'ready' },
  ];
}
