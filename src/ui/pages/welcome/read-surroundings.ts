import type { DnsExplanation, DnsStatus } from '../../api/dns.js';
import type { Edge, Edges } from '../../api/edges.js';
import type { Info } from '../../api/info.js';
import type { Explanation } from '../../api/routing.js';
import { edgeRequest } from '../../http/edge-request.js';
import { request } from '../../http/request.js';
import { dnsNameOf, hostOf } from './next-steps.js';
import type { DnsPlace, LbPlace } from './next-steps.js';

/** How an app can be reached from here on, as this cluster really is. */
export interface Reach {
  readonly name: string;
  /** undefined: no name server follows this scheduler, or it cannot be asked. */
  readonly dns: DnsPlace | undefined;
  /** What the name server answers now, as `dig` shows it. */
  readonly answer: readonly string[];
  /** undefined: no load balancer follows this scheduler, or it cannot be asked. */
  readonly lb: LbPlace | undefined;
  /** What HAProxy does with a request for the host, in words. */
  readonly routed: string | undefined;
}

/** What is only good to know is left out where it cannot be read. */
async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch {
    return undefined;
  }
}

async function readDns(
  { edge }: Edge,
  appId: string,
  framework: string,
  signal: AbortSignal,
): Promise<Pick<Reach, 'name' | 'dns' | 'answer'>> {
  // Which zone it is, it says of any name
  const root = await edgeRequest<DnsExplanation>(edge, 'ekiden/v1/explain/mesos', { signal });
  const name = dnsNameOf(appId, framework, root.zone);
  const [status, explained] = await Promise.all([
    edgeRequest<DnsStatus>(edge, 'ekiden/v1/status', { signal }),
    edgeRequest<DnsExplanation>(edge, `ekiden/v1/explain/${encodeURIComponent(name)}`, {
      signal,
      query: { type: 'A' },
    }),
  ]);
  return {
    name,
    dns: { host: hostOf(edge), port: status.port ?? undefined, zone: root.zone },
    answer: explained.answer,
  };
}

async function readLb({ edge }: Edge, host: string, signal: AbortSignal): Promise<Pick<Reach, 'lb' | 'routed'>> {
  const { request: asked, text } = await edgeRequest<Explanation>(edge, 'ekiden/v1/explain', {
    signal,
    query: { host },
  });
  return { lb: { host: hostOf(edge), port: asked.port }, routed: text };
}

/** Reads how an app with a host of its own can be reached. Throws only when the scheduler itself cannot be asked. */
export async function readReach(appId: string, host: string, signal: AbortSignal): Promise<Reach> {
  const [info, edges] = await Promise.all([
    request<Info>('v2/info', { signal }),
    orNothing(request<Edges>('ekiden/v1/edges', { signal })),
  ]);
  const given = info.marathon_config['framework_name'];
  const framework = typeof given === 'string' ? given : 'marathon';
  const first = (role: Edge['role']): Edge | undefined =>
    edges?.edges.find((edge) => edge.role === role && edge.live && edge.reachable);
  const [dnsEdge, lbEdge] = [first('dns'), first('lb')];
  const [dns, lb] = await Promise.all([
    dnsEdge === undefined ? undefined : orNothing(readDns(dnsEdge, appId, framework, signal)),
    lbEdge === undefined ? undefined : orNothing(readLb(lbEdge, host, signal)),
  ]);
  return {
    name: dns?.name ?? dnsNameOf(appId, framework, 'mesos'),
    dns: dns?.dns,
    answer: dns?.answer ?? [],
    lb: lb?.lb,
    routed: lb?.routed,
  };
}
