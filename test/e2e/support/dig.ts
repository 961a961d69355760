import { runCommand } from '../../../src/common/run-command.js';

export interface DigRecord {
  /** Lower case, without the trailing dot. */
  readonly name: string;
  readonly ttl: number;
  readonly type: string;
  /** As dig prints it; of SRV: priority, weight, port, target. */
  readonly data: readonly string[];
}

export interface DigAnswer {
  /** `NOERROR`, `NXDOMAIN` … */
  readonly status: string;
  readonly answer: readonly DigRecord[];
  readonly additional: readonly DigRecord[];
}

const bare = (name: string): string => name.replace(/\.$/, '').toLowerCase();

/** Reads what `dig +noall +comments +answer +additional` prints. */
export function parseDig(text: string): DigAnswer {
  const sections: Record<string, DigRecord[]> = { ANSWER: [], ADDITIONAL: [] };
  let section: DigRecord[] | undefined;
  for (const line of text.split('\n')) {
    const heading = /^;; (\w+) SECTION:/.exec(line)?.[1];
    if (heading !== undefined) section = sections[heading];
    if (line === '' || line.startsWith(';')) continue;
    const [name = '', ttl = '', , type = '', ...data] = line.split(/\s+/);
    section?.push({ name: bare(name), ttl: Number(ttl), type, data });
  }
  return {
    status: /status: (\w+)/.exec(text)?.[1] ?? 'NO ANSWER',
    answer: sections['ANSWER'] ?? [],
    additional: sections['ADDITIONAL'] ?? [],
  };
}

/** Asks the name server on `127.0.0.1:port` by dig. A server that does not answer has the status `NO ANSWER`. */
export async function dig(port: number, name: string, type: 'A' | 'SRV' | 'SOA'): Promise<DigAnswer> {
  const options = ['+noall', '+comments', '+answer', '+additional', '+tries=1', '+time=2'];
  const result = await runCommand('dig', ['@127.0.0.1', '-p', String(port), name, type, ...options], {
    timeoutMs: 10_000,
  });
  if (result.failure === 'ENOENT') throw new Error('dig is not installed (Debian: bind9-dnsutils)');
  return parseDig(result.stdout);
}

/** The addresses of A records, sorted, each once. */
export function addressesOf(records: readonly DigRecord[]): string[] {
  const addresses = records.filter(({ type }) => type === 'A').map(({ data }) => data[0] ?? '');
  return [...new Set(addresses)].sort();
}

/** `address:port` of every SRV record, its target resolved by the additional records; sorted. A target without one is `?`. */
export function endpointsOf({ answer, additional }: DigAnswer): string[] {
  const addressOf = new Map(
    additional.filter(({ type }) => type === 'A').map(({ name, data }) => [name, data[0] ?? '?']),
  );
  return answer
    .filter(({ type }) => type === 'SRV')
    .map(({ data: [, , port = '?', target = ''] }) => `${addressOf.get(bare(target)) ?? '?'}:${port}`)
    .sort();
}
