import { messageOf } from '../../common/errors.js';
import { createLimiter } from '../../common/concurrency.js';
import type { MasterClient } from '../../mesos/master-client.js';
import { followRedirects } from '../../mesos/redirects.js';
import { parseHostPort } from '../records/host-port.js';
import type { View } from '../records/view.js';
import type { ResolveHost } from '../source/host-resolver.js';
import { authorityOfLeader, leaderOf, readState, StateError, viewOf } from './state-document.js';

/** Host names of a cluster are few; more are not looked up at the same time. */
const maxLookups = 8;

/** One state of one master, whatever its status: what can be read counts (mesos-dns.md §3). */
async function fetchState(client: MasterClient, authority: string, signal: AbortSignal): Promise<unknown> {
  const { answer } = await followRedirects(`${client.scheme}://${authority}/master/state`, (url) =>
    client.http.request({
      method: 'GET',
      url,
      headers: { ...client.headers, 'content-type': 'application/json', 'user-agent': 'Mesos-DNS' },
      signal,
    }),
  );
  try {
    return JSON.parse(answer.body) as unknown;
  } catch (error) {
    throw new StateError(`${authority} answers ${answer.status} with what is no JSON: ${messageOf(error)}`);
  }
}

/** The state that `authority` gives, or that of the leader it names: by its address, but at the port that was asked. */
async function stateOfLeader(client: MasterClient, authority: string, signal: AbortSignal): Promise<unknown> {
  const document = await fetchState(client, authority, signal);
  const leader = leaderOf(document);
  if (leader.host === parseHostPort(authority)?.host) return document;
  return fetchState(client, authorityOfLeader(leader, authority), signal);
}

/**
 * Asks the masters one after the other, the leader first, until one gives a state, and looks up the hosts in it. `timeoutMs` is for each state as a
 * whole. Throws what went wrong last.
 */
export async function loadView(options: {
  readonly client: MasterClient;
  readonly masters: readonly string[];
  readonly timeoutMs: number;
  readonly resolveHost: ResolveHost;
  readonly signal: AbortSignal;
}): Promise<View> {
  const { client, masters, timeoutMs, resolveHost, signal } = options;
  let failure: unknown = new Error('no master is known');
  for (const authority of masters) {
    try {
      const document = await stateOfLeader(
        client,
        authority,
        AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      );
      const state = readState(document);
      return viewOf(state, await lookUpHosts(state.neededHosts, state.wantedHosts, resolveHost));
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function lookUpHosts(
  needed: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
  resolveHost: ResolveHost,
): Promise<Map<string, readonly string[]>> {
  const limited = createLimiter(maxLookups);
  const found = new Map<string, readonly string[]>();
  const lookUp = async (host: string): Promise<void> => {
    try {
      found.set(host, await limited(() => Promise.resolve(resolveHost(host))));
    } catch (error) {
      if (needed.has(host)) throw new StateError(`${host}, in a pid of the state, has no address: ${messageOf(error)}`);
    }
  };
  await Promise.all(Array.from(new Set([...needed, ...wanted]), lookUp));
  return found;
}
