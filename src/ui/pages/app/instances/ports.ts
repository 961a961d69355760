import type { AppDetails, AppTask } from '../../../api/app-details.js';
import { urlHost } from '../../../components/web-url.js';

/** Where an instance is reached. */
export interface PortLink {
  /** `31005`, `53/udp`; with the address where it is not the host's. */
  readonly text: string;
  readonly name: string | undefined;
  /** Undefined: not by a browser. */
  readonly href: string | undefined;
}

interface KnownPort {
  readonly protocol: string;
  readonly name: string | undefined;
}

/** A port of a host: what speaks TCP is taken for HTTP, what is named so, or has its port, for HTTPS. */
export function portLink(host: string, port: number, known: Partial<KnownPort>, showHost = false): PortLink {
  const { protocol = 'tcp', name } = known;
  const where = showHost ? `${urlHost(host)}:${port}` : String(port);
  const isTcp = protocol.split(',').includes('tcp');
  if (!isTcp) return { text: `${where}/${protocol}`, name, href: undefined };
  const scheme = port === 443 || (name !== undefined && /https|tls|ssl/i.test(name)) ? 'https' : 'http';
  const text = protocol === 'tcp' ? where : `${where}/${protocol}`;
  return { text, name, href: `${scheme}://${urlHost(host)}:${port}` };
}

/** The ports of a task: those of its host, and of its own address what is not forwarded. */
export function portsOf(app: AppDetails, task: AppTask): readonly PortLink[] {
  const mappings = app.container?.portMappings ?? [];
  const forwarded = mappings.filter(({ hostPort }) => hostPort !== null && hostPort !== undefined);
  const isMapped = mappings.length > 0;
  const known = isMapped ? forwarded : (app.portDefinitions ?? []);
  const ofHost = (task.ports ?? []).map((port, i) => portLink(task.host, port, known[i] ?? {}));
  const isOwn = app.networks?.some(({ mode }) => mode === 'container') === true;
  const address = isOwn ? task.ipAddresses?.[0]?.ipAddress : undefined;
  if (address === undefined) return ofHost;
  const ofTask = mappings
    .filter((mapping) => !forwarded.includes(mapping))
    .flatMap((mapping) =>
      mapping.containerPort === undefined ? [] : [portLink(address, mapping.containerPort, mapping, true)],
    );
  return [...ofHost, ...ofTask];
}
