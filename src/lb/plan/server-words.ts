/** What the words behind a server's endpoint say, as far as a running process can be told. */
export interface ServerWords {
  readonly weight: number;
  readonly disabled: boolean;
  /** All other settings, in their order: equal ones need no new process. */
  readonly rest: string;
}

/** What `add server` of HAProxy 2.6 takes, and how many words follow; later versions take more, which is only a reload too many. */
const arguments_: ReadonlyMap<string, number> = new Map([
  ...[
    ...['allow-0rtt', 'backup', 'check', 'check-send-proxy', 'check-ssl', 'disabled', 'enabled', 'no-backup'],
    ...['force-sslv3', 'force-tlsv10', 'force-tlsv11', 'force-tlsv12', 'force-tlsv13', 'no-ssl-reuse', 'no-sslv3'],
    ...['no-tls-tickets', 'no-tlsv10', 'no-tlsv11', 'no-tlsv12', 'no-tlsv13', 'no-send-proxy', 'no-send-proxy-v2'],
    ...[
      'no-tfo',
      'send-proxy',
      'send-proxy-v2',
      'send-proxy-v2-ssl',
      'send-proxy-v2-ssl-cn',
      'ssl',
      'tfo',
      'tls-tickets',
    ],
  ].map((name) => [name, 0] as const),
  ...[
    ...[
      'addr',
      'alpn',
      'ca-file',
      'check-alpn',
      'check-proto',
      'check-sni',
      'ciphers',
      'ciphersuites',
      'crl-file',
      'crt',
    ],
    ...['downinter', 'error-limit', 'fall', 'fastinter', 'inter', 'maxconn', 'maxqueue', 'minconn', 'npn', 'observe'],
    ...['on-error', 'on-marked-down', 'on-marked-up', 'pool-low-conn', 'pool-max-conn', 'pool-purge-delay', 'port'],
    ...['proto', 'proxy-v2-options', 'rise', 'slowstart', 'sni', 'ssl-max-ver', 'ssl-min-ver', 'verify', 'verifyhost'],
    ...['weight', 'ws'],
  ].map((name) => [name, 1] as const),
]);

/** Groups words into settings; undefined when they hold something that is not known here. */
function settingsOf(words: readonly string[]): string[][] | undefined {
  const settings: string[][] = [];
  for (let at = 0; at < words.length;) {
    const count = arguments_.get(words[at] ?? '');
    if (count === undefined || at + count >= words.length) return undefined;
    settings.push(words.slice(at, at + count + 1));
    at += count + 1;
  }
  return settings;
}

/**
 * Reads the words of a server, those of `default-server` before its own: what is said later counts. Words that are not known here
 * are compared as they stand.
 */
export function readServerWords(words: readonly string[]): ServerWords {
  let weight = 1;
  let disabled = false;
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (word === 'disabled' || word === 'enabled') disabled = word === 'disabled';
    else if (word === 'weight' && /^\d{1,3}$/.test(value)) {
      weight = Number(value);
      at += 1;
    } else rest.push(word);
  }
  return { weight, disabled, rest: rest.join(' ') };
}

/** Why a running process cannot be given a server with these words; undefined when it can. */
export function addingProblem(words: readonly string[]): string | undefined {
  const quoted = words.find((word) => !/^[\w.:,/@%+=()[\]{}|!*?^~&<>-]+$/.test(word) || word === '<<');
  if (quoted !== undefined) return `${quoted} cannot be written in a command`;
  if (settingsOf(words) !== undefined) return undefined;
  const unknown = words.find((word, index) => settingsOf(words.slice(0, index)) !== undefined && !arguments_.has(word));
  return `${unknown ?? words.at(-1) ?? ''} cannot be given to a server that is added`;
}

/** Whether a new server of these words is checked, so that its checks have to be switched on. */
export function isChecked(words: readonly string[]): boolean {
  return settingsOf(words)?.some(([name]) => name === 'check') === true;
}

/** An address and port, `[::1]:80` as `::1`; undefined where it is a name, a socket or has no port of its own. */
export function parseEndpoint(endpoint: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^\[?([0-9a-fA-F:.]+?)\]?:(\d{1,5})$/.exec(endpoint);
  const port = Number(match?.[2]);
  const address = match?.[1];
  if (address === undefined || port < 1 || port > 65_535) return undefined;
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(address) || address.includes(':');
  return isAddress ? { address, port } : undefined;
}
