/** A master as it writes itself into ZooKeeper. */
export interface AnnouncedMaster {
  /** `address:port`, with brackets around an IPv6 address. */
  readonly authority: string;
  /** Of this run of the master; '' when it does not say. */
  readonly id: string;
}

interface MasterInfoDocument {
  readonly id?: unknown;
  readonly hostname?: unknown;
  readonly port?: unknown;
  readonly pid?: unknown;
  readonly address?: { readonly hostname?: unknown; readonly ip?: unknown; readonly port?: unknown };
}

function authorityOf(host: unknown, port: unknown): string | undefined {
  if (typeof host !== 'string' || !/^[^\s/@]+$/.test(host)) return undefined;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `master@10.0.0.1:5050` */
function authorityOfPid(pid: unknown): string | undefined {
  const match = typeof pid === 'string' ? /^[^@\s]+@([^@\s/]+:\d{1,5})$/.exec(pid) : null;
  return match?.[1];
}

/**
 * Where a master is reached by its own account (MasterInfo as JSON). The IP address is preferred over the name, as Mesos and Mesos-DNS
 * do. Undefined when it names no address that can be used.
 */
export function masterAuthorityOf(info: unknown): string | undefined {
  if (typeof info !== 'object' || info === null) return undefined;
  const { address, pid, hostname, port } = info as MasterInfoDocument;
  return (
    authorityOf(address?.ip, address?.port) ??
    authorityOfPid(pid) ??
    authorityOf(address?.hostname, address?.port) ??
    authorityOf(hostname, port)
  );
}

/** Reads the content of a `json.info_` node. Undefined when it names no address that can be used. */
export function parseMasterInfo(text: string): AnnouncedMaster | undefined {
  let info: MasterInfoDocument | null;
  try {
    info = JSON.parse(text) as MasterInfoDocument | null;
  } catch {
    return undefined;
  }
  const authority = masterAuthorityOf(info);
  return authority === undefined ? undefined : { authority, id: typeof info?.id === 'string' ? info.id : '' };
}
