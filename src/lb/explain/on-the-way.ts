import { isInNetwork, octetsOf, parseNetwork } from '../../common/ip-address.js';
import type { Backend } from '../compile/routing-model.js';
import type { AskedRequest } from './asked-request.js';
import { isPathBelow } from './route-verdict.js';

/** How a request has come to a backend. */
export type Via = 'http' | 'https' | 'appId' | 'service';

/** What is done with a request, and whether it goes any further. */
export interface Way {
  readonly sentences: readonly string[];
  /** It is answered by HAProxy itself; in words. */
  readonly ends: string | undefined;
}

function networkSentence({ allowedNetworks }: Backend, { source }: AskedRequest): { text: string; refused: boolean } {
  const networks = allowedNetworks.flat();
  const shown = networks.slice(0, 5).join(', ') + (networks.length > 5 ? `, … (${networks.length})` : '');
  const octets = source === null ? undefined : octetsOf(source);
  if (octets === undefined) return { text: `Only clients in ${shown} are let in; others are refused.`, refused: false };
  const isIn = networks.some((one) => {
    const network = parseNetwork(one);
    return network !== undefined && isInNetwork(octets, network);
  });
  return isIn
    ? { text: `The client ${source} is let in: it is in ${shown}.`, refused: false }
    : { text: `The client ${source} is refused: it is not in ${shown}.`, refused: true };
}

/** What a backend does with a request before a server gets it. Pure. */
export function onTheWay(backend: Backend, request: AskedRequest, via: Via): Way {
  if (backend.mode === 'tcp') return { sentences: ['The connection is passed on as it is.'], ends: undefined };
  const sentences: string[] = [];
  let ends: string | undefined;
  if (backend.allowedNetworks.length > 0) {
    const { text, refused } = networkSentence(backend, request);
    sentences.push(text);
    if (refused) ends = "the client's network is not allowed";
  }
  if (backend.redirectToHttps && via === 'http') {
    sentences.push('It is redirected to https.');
    ends ??= 'it is redirected to https';
  }
  if (backend.auth !== null) {
    sentences.push(`A password is asked for (realm ${backend.auth.realm}).`);
  }
  if (backend.rootRedirect !== null && request.path === '/') {
    sentences.push(`It is redirected to ${backend.rootRedirect}.`);
    ends ??= `it is redirected to ${backend.rootRedirect}`;
  }
  if (backend.stripPrefix !== null && isPathBelow(backend.stripPrefix, request.path)) {
    sentences.push(`${backend.stripPrefix} is taken off the path.`);
  }
  if (backend.locationPrefix !== null) {
    sentences.push(`${backend.locationPrefix} is put before the paths of redirects that the app answers with.`);
  }
  if (backend.hsts && via === 'https') sentences.push('Clients are told to use https from now on (HSTS).');
  if (backend.cookie !== null) sentences.push(`The cookie ${backend.cookie} keeps the client at its server.`);
  if (backend.directives.length > 0) {
    sentences.push(`The backend has directives of its own: ${backend.directives.slice(0, 5).join('; ')}.`);
  }
  return { sentences, ends };
}
