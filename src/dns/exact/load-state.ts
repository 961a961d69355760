import { messageOf } from '../../common/errors.js';
import { createLimiter } from '../../common/concurrency.js';
import type { MasterClient } from '../../mesos/master-client.js';
import { followRedirects } from '../../mesos/redirects.js';
import { parseHostPort } from '../records/host-port.js';
import type { HostPort } from '../records/view.js';
import type { ResolveHost } from '../source/host-resolver.js';
import type { HostsOfState } from './record-maker.js';
import { authorityOfLeader, StateError } from './state-document.js';

/** Host names of a cluster are few; more are not looked up at the same time. */
const maxLookups = 8;

/** Who reads states: a thread as a rule. Both throw StateError. */
export interface StateReader {
  /** The leader that the state names; the state is kept until the next one. */
  parse(body: string): Promise<HostPort>;
  /** Reads the state that was parsed last. */
  read(): Promise<HostsOfState>;
}

/** One state of one master, whatever its status: what can be read counts (mesos-dns.md §3). */
async function fetchState(
  client: MasterClient,
  authority: string,
  reader: StateReader,
  signal: AbortSignal,
): Promise<HostPort> {
  const { answer } = await followRedirects(`${client.scheme}://${authority}/master/state`, (url) =>
    client.http.request({
      method: 'GET',
      url,
      headers: { ...client.headers, 'content-type': 'application/json', 'user-agent': 'Mesos-DNS' },
      signal,
    }),
  );
  try {
    return await reader.parse(answer.body);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw new StateError(`${authority} answers ${answer.status}: ${error.message}`);
  }
}

/** Reads the state that `authority` gives, or that of the leader it names: by its address, but at the port that was asked. */
async function parseLeader(
  client: MasterClient,
  authority: string,
  reader: StateReader,
  signal: AbortSignal,
): Promise<void> {
  const leader = await fetchState(client, authority, reader, signal);
  if (leader.host === parseHostPort(authority)?.host) return;
  await fetchState(client, authorityOfLeader(leader, authority), reader, signal);
}

/**
 * Asks the masters one after the other, the leader first, until one gives a state, and looks up the hosts in it: their addresses are what comes back, the
 * state is with the reader. `timeoutMs` is for each state as a whole. Throws what went wrong last.
 */
export async function loadState(options: {
  readonly client: MasterClient;
  readonly masters: readonly string[];
  readonly reader: StateReader;
  readonly timeoutMs: number;
  readonly resolveHost: ResolveHost;
  readonly signal: AbortSignal;
}): Promise<Map<string, readonly string[]>> {
  const { client, masters, reader, timeoutMs, resolveHost, signal } = options;
  let failure: unknown = new Error('no master is known');
  for (const authority of masters) {
    try {
      await parseLeader(client, authority, reader, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      return await lookUpHosts(await reader.read(), resolveHost);
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function lookUpHosts(
  { needed, wanted }: HostsOfState,
  resolveHost: ResolveHost,
): Promise<Map<string, readonly string[]>> {
  const limited = createLimiter(maxLookups);
  const mustHave = new Set(needed);
  const found = new Map<string, readonly string[]>();
  const lookUp = async (host: string): Promise<void> => {
    try {
      found.set(host, await limited(() => Promise.resolve(resolveHost(host))));
    } catch (error) {
      if (!mustHave.has(host)) return;
      throw new StateError(`${host}, in a pid of the state, has no address: ${messageOf(error)}`);
    }
  };
  await Promise.all(Array.from(new Set([...needed, ...wanted]), lookUp));
  return found;
}
