/** What `/v1/axfr` of Mesos-DNS, and ours, answers. */
export interface ZoneDocument {
  readonly TTL: number;
  readonly Serial: number;
  readonly Mname: string;
  readonly Rname: string;
  readonly Domain: string;
  readonly Records: {
    readonly As: Readonly<Record<string, readonly string[]>> | null;
    readonly AAAAs: Readonly<Record<string, readonly string[]>> | null;
    /** `target.:port` */
    readonly SRVs: Readonly<Record<string, readonly string[]>> | null;
  };
}

/** The same zone as a master file (RFC 1035 §5), for a server that reads those. */
export function zoneFile(zone: ZoneDocument): string {
  const { As, AAAAs, SRVs } = zone.Records;
  const lines = [
    `$TTL ${zone.TTL}`,
    `${zone.Domain}. IN SOA ${zone.Mname} ${zone.Rname} ${zone.Serial} 60 600 86400 ${zone.TTL}`,
    `${zone.Domain}. IN NS ${zone.Mname}`,
  ];
  for (const [name, values] of Object.entries(As ?? {}))
    for (const value of values) lines.push(`${name} IN A ${value}`);
  for (const [name, values] of Object.entries(AAAAs ?? {}))
    for (const value of values) lines.push(`${name} IN AAAA ${value}`);
  for (const [name, values] of Object.entries(SRVs ?? {})) {
    for (const value of values) {
      const [, target = '', port = ''] = /^(.*):(\d+)$/.exec(value) ?? [];
      lines.push(`${name} IN SRV 0 1 ${port} ${target}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
