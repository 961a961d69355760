import { parseIpAddress } from '../../common/ip-address.js';
import type { ProxySettings, RoutingModel } from '../compile/routing-model.js';
import { hostNameOf, QuestionError, readHeaders, readHost, readTarget } from './asked-request.js';
import type { AskedRequest } from './asked-request.js';

/** Parameters of a URL: a text, several, or something that a parser made of them. */
export type Parameters = Readonly<Record<string, unknown>>;

const known = ['host', 'path', 'port', 'method', 'header', 'sni', 'scheme', 'src'];
const methodPattern = /^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,31}$/;

/** All values of a parameter. */
function textsOf(parameters: Parameters, name: string): string[] {
  const value = parameters[name];
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
}

/** The one value of a parameter; undefined = it is not there, or empty. */
function textOf(parameters: Parameters, name: string): string | undefined {
  const [text, second] = textsOf(parameters, name);
  if (second !== undefined) throw new QuestionError(`${name}: may be given once`);
  return text === '' ? undefined : text;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw new QuestionError(`port: "${text.slice(0, 50)}" is not a number from 1 to 65535`);
  return port;
}

/**
 * Reads a question: `host`, `path` (with its query, or a whole URL), `port`, `method`, `header` (`Name:value`, any number), `sni`,
 * `scheme` (http or https) and `src` (the client's address). Without a port it is that of the host (`shop:8080`), else of the scheme;
 * without a scheme that of the port; the name for TLS is that of the host. Throws QuestionError.
 */
export function readQuestion(parameters: Parameters, settings: ProxySettings, model: RoutingModel): AskedRequest {
  for (const name of Object.keys(parameters)) {
    if (!known.includes(name)) {
      throw new QuestionError(`${name.slice(0, 50)}: is not known; known are ${known.join(', ')}`);
    }
  }
  const path = textOf(parameters, 'path') ?? '/';
  const url = /^https?:\/\//i.test(path) && URL.canParse(path) ? new URL(path) : undefined;
  const host = readHost(textOf(parameters, 'host') ?? url?.host ?? '');
  const scheme = textOf(parameters, 'scheme') ?? url?.protocol.replace(':', '');
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw new QuestionError(`scheme: "${scheme.slice(0, 50)}" is not http or https`);
  }
  const portText = textOf(parameters, 'port') ?? /:(\d{1,5})$/.exec(host ?? '')?.[1];
  const port =
    portText === undefined ? (scheme === 'https' ? settings.httpsPort : settings.httpPort) : readPort(portText);
  const method = textOf(parameters, 'method') ?? 'GET';
  if (!methodPattern.test(method)) throw new QuestionError(`method: "${method.slice(0, 50)}" is not an HTTP method`);
  const sourceText = textOf(parameters, 'src');
  const source = sourceText === undefined ? null : parseIpAddress(sourceText)?.address;
  if (source === undefined) throw new QuestionError(`src: "${(sourceText ?? '').slice(0, 50)}" is not an IP address`);
  const listener = model.listeners.find((one) => one.port === port);
  const isSecure = listener === undefined ? port === settings.httpsPort : listener.certificate !== null;
  if (scheme !== undefined && isSecure !== (scheme === 'https')) {
    throw new QuestionError(`scheme: port ${port} speaks ${isSecure ? 'https' : 'http'}, not ${scheme}`);
  }
  const headers = new Map(readHeaders(textsOf(parameters, 'header')));
  const hostHeader = headers.get('host')?.[0];
  headers.delete('host');
  const asked = host ?? (hostHeader === undefined ? null : readHost(hostHeader));
  return {
    host: asked,
    ...readTarget(path),
    method,
    headers,
    port,
    isSecure,
    sni: isSecure ? (textOf(parameters, 'sni') ?? (asked === null ? null : hostNameOf(asked))) : null,
    source,
  };
}
