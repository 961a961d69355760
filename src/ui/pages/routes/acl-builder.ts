/** What a test looks at, as the form offers it. */
export const aclKinds = [
  'host',
  'pathBegins',
  'path',
  'hostAndPath',
  'header',
  'cookie',
  'parameter',
  'method',
  'source',
] as const;
export type AclKind = (typeof aclKinds)[number];

export const aclKindTexts: Readonly<Record<AclKind, string>> = {
  host: 'Host',
  pathBegins: 'Path begins with',
  path: 'Path is',
  hostAndPath: 'Host and path',
  header: 'Header',
  cookie: 'Cookie',
  parameter: 'Parameter of the URL',
  method: 'Method',
  source: "Client's address",
};

export interface AclParts {
  readonly kind: AclKind;
  /** Of the header, cookie or parameter. */
  readonly name: string;
  /** Alternatives, separated by blanks or commas; empty for a header or cookie: that it is there is enough. */
  readonly values: string;
  /** Of host and path. */
  readonly path: string;
}

export type BuiltAcl =
  { readonly text: string; readonly problem?: undefined } | { readonly problem: string; readonly text?: undefined };

const hostName = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*)(\.[a-z0-9_][a-z0-9_-]*)*$/i;
const token = /^[A-Za-z0-9!$&*+.^_|~-]{1,128}$/;

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** A pattern as it is written: in quotes where HAProxy would read it as something else. */
export function patternText(pattern: string): string {
  return /[\s"'\\#$]/.test(pattern) || pattern === '' ? `'${pattern.replaceAll("'", `'"'"'`)}'` : pattern;
}

/** Patterns behind a criterion; `--` before them where one could be a flag. */
function withPatterns(criterion: string, patterns: readonly string[]): string {
  const dashes = patterns.some((pattern) => pattern.startsWith('-')) ? ['--'] : [];
  return [criterion, ...dashes, ...patterns.map(patternText)].join(' ');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A host as a regular expression; `*.` is whatever stands before the rest. */
function hostExpression(host: string): string {
  return host.startsWith('*.') ? `.+\\.${escaped(host.slice(2))}` : escaped(host);
}

function hostTest(hosts: readonly string[]): string {
  const below = hosts.filter((host) => host.startsWith('*.'));
  if (below.length === 0) return withPatterns('hdr(host) -i', hosts);
  if (below.length === hosts.length)
    return withPatterns(
      'hdr_end(host) -i',
      hosts.map((host) => host.slice(1)),
    );
  // A backslash and a dollar sign mean nothing special outside of quotes but before a blank
  return `hdr_reg(host) -i ${hosts.map((host) => `^${hostExpression(host)}$`).join(' ')}`;
}

function named(criterion: string, { name, values }: AclParts): BuiltAcl {
  if (!token.test(name.trim())) return { problem: 'Its name: letters, digits and - _ .' };
  const patterns = wordsOf(values);
  const test = `${criterion}(${name.trim()})`;
  return { text: patterns.length === 0 ? `${test} -m found` : withPatterns(test, patterns) };
}

/** The text of a test, as rules hold it; or what is missing. */
export function buildAcl(parts: AclParts): BuiltAcl {
  const { kind, values, path } = parts;
  const words = wordsOf(values);
  switch (kind) {
    case 'host':
    case 'hostAndPath': {
      if (words.length === 0) return { problem: 'A host, such as app.example.com; *.example.com is all below it' };
      const wrong = words.find((host) => !hostName.test(host));
      if (wrong !== undefined) return { problem: `${wrong} is not the name of a host` };
      if (kind === 'host') return { text: hostTest(words) };
      if (!/^\/[^\s'"#\\]*$/.test(path))
        return { problem: 'The path begins with / and has no blanks, quotes, # or \\' };
      const hosts = words.map(hostExpression).join('|');
      const host = words.length === 1 ? hosts : `(${hosts})`;
      // Clients add their port to the host where it is not 80
      return { text: `base_reg -i ^${host}(:[0-9]+)?${escaped(path)}` };
    }
    case 'pathBegins':
    case 'path': {
      const wrong = words.find((word) => !word.startsWith('/'));
      if (wrong !== undefined || words.length === 0) return { problem: 'Paths begin with /' };
      return { text: withPatterns(kind === 'path' ? 'path' : 'path_beg', words) };
    }
    case 'header':
      return named('hdr', parts);
    case 'cookie':
      return named('cook', parts);
    case 'parameter':
      return named('url_param', parts);
    case 'method':
      return words.length === 0
        ? { problem: 'A method, such as POST' }
        : {
            text: withPatterns(
              'method',
              words.map((word) => word.toUpperCase()),
            ),
          };
    case 'source':
      return words.length === 0
        ? { problem: 'An address or a network, such as 10.0.0.0/8' }
        : { text: withPatterns('src', words) };
  }
}

/** Where in the text that is which a refusal names in double quotes; undefined where it names nothing of it. */
export function refusedPart(acl: string, reason: string): { readonly from: number; readonly to: number } | undefined {
  for (const [, part = ''] of reason.matchAll(/"([^"]+)"/g)) {
    const from = acl.indexOf(part);
    if (from >= 0) return { from, to: from + part.length };
  }
  return undefined;
}
