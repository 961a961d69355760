import type { MapFile, MapKey, RouteStep } from '../../../src/lb/compile/routing-model.js';

/** What of a request the steps made of hosts and paths look at. */
export interface PlainRequest {
  readonly host: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const hostName = (host: string): string => (host.split(':')[0] ?? '').toLowerCase().replace(/\.+$/, '');

function lookedUp(key: MapKey, { host, path, headers = {} }: PlainRequest): string {
  const slashed = `${path}/`;
  switch (key) {
    case 'hostPath':
      return `${hostName(host)}${slashed}`;
    case 'hostPathLower':
      return `${hostName(host)}${slashed.toLowerCase()}`;
    case 'path':
      return slashed;
    case 'pathLower':
      return slashed.toLowerCase();
    case 'appId':
      return (headers['x-marathon-app-id'] ?? '').toLowerCase();
  }
}

const unquoted = (text: string): string => text.replace(/^'(.*)'$/, '$1');

function sampleOf(criterion: string, { host, path, headers = {} }: PlainRequest): string {
  if (criterion === 'path') return path;
  if (criterion === 'req.hdr(host),field(1,:),rtrim(.)') return (host.split(':')[0] ?? '').replace(/\.+$/, '');
  if (criterion === 'req.hdr(host),field(1,:)') return host.split(':')[0] ?? '';
  const name = /^(?:req\.)?hdr\(([^)]*)\)$/.exec(criterion)?.[1];
  if (name !== undefined) return name === 'host' ? host : (headers[name] ?? '');
  throw new Error(`the test does not know ${criterion}`);
}

/** Whether one `acl` line is true, for the few forms that the tests use. */
function holds(expression: string, request: PlainRequest): boolean {
  const [before = '', after = ''] = expression.split(' -- ');
  const [criterion = '', ...flags] = before.split(' ');
  const fold = (text: string): string => (flags.includes('-i') ? text.toLowerCase() : text);
  const method = flags[flags.indexOf('-m') + 1];
  const sample = fold(sampleOf(criterion, request));
  return after.split(' ').some((word) => {
    const pattern = fold(unquoted(word));
    if (method === 'beg') return sample.startsWith(pattern);
    if (method === 'end') return sample.endsWith(pattern);
    if (method === 'sub') return sample.includes(pattern);
    return sample === pattern;
  });
}

/** The backend that HAProxy chooses with these steps: maps by the longest key that the request begins with (app ids: equal), `acl` lines of one name are alternatives. */
export function followSteps(
  steps: readonly RouteStep[],
  maps: readonly MapFile[],
  request: PlainRequest,
): string | undefined {
  for (const step of steps) {
    if (step.kind === 'acl') {
      const fits = step.condition
        .split(' ')
        .every((name) => step.tests.some((test) => test.name === name && holds(test.expression, request)));
      if (fits) return step.backend;
      continue;
    }
    const entries = maps.find(({ path }) => path === step.file)?.entries;
    if (entries === undefined) throw new Error(`there is no map ${step.file}`);
    const text = lookedUp(step.key, request);
    if (step.key === 'appId') {
      const found = entries.get(text);
      if (found !== undefined) return found;
      continue;
    }
    for (let length = text.length; length > 0; length -= 1) {
      const found = entries.get(text.slice(0, length));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
