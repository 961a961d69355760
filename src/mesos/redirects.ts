import { messageOf } from '../common/errors.js';

/** At most so many redirects are followed from one request on. */
const maxRedirects = 5;

const protocols = ['http:', 'https:'];

/** Where the request is sent next. Throws when a redirect would take what was meant for TLS over a plain connection, or leads to no master. */
function target(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) {
    throw new Error(`${from.host} redirects to ${JSON.stringify(location.slice(0, 200))}, which is no address`);
  }
  const to = new URL(location, from);
  // Credentials are ours to send, and not a redirect's to choose
  to.username = '';
  to.password = '';
  const shown = to.href.slice(0, 200);
  if (!protocols.includes(to.protocol)) {
    throw new Error(`${from.host} redirects to ${shown}, which is no address of a master`);
  }
  if (to.protocol !== from.protocol && to.protocol !== 'https:') {
    throw new Error(`${from.host} redirects to ${shown}, away from TLS, which --mesos_tls asks for`);
  }
  return to;
}

/**
 * Sends a request, and again to wherever a master that does not lead redirects it: `Location` is scheme-relative (`//host:port/…`, the
 * scheme is kept) or absolute. `answer` is the last one, of any other status, and `url` where it comes from. Throws whatever `send` throws, with
 * the way there, and for redirects in a circle or without end.
 */
export async function followRedirects<
  Answer extends { readonly status: number; readonly headers: Readonly<Record<string, string>> },
>(first: string, send: (url: string) => Promise<Answer>): Promise<{ readonly answer: Answer; readonly url: URL }> {
  let url = new URL(first);
  const way: URL[] = [];
  for (;;) {
    let answer: Answer;
    try {
      answer = await send(url.href);
    } catch (error) {
      if (way.length === 0) throw error;
      const by = way.map(({ host }) => host).join(', then ');
      throw new Error(`${url.host}, to which ${by} redirects: ${messageOf(error)}`, { cause: error });
    }
    const location = answer.headers['location'];
    if ((answer.status !== 307 && answer.status !== 308) || location === undefined) return { answer, url };
    way.push(url);
    url = target(location, url);
    const circle = way.some(({ href }) => href === url.href);
    if (circle || way.length > maxRedirects) {
      const hosts = [...way, url].map(({ host }) => host).join(' → ');
      throw new Error(`masters redirect ${circle ? 'in a circle' : `more than ${maxRedirects} times`}: ${hosts}`);
    }
  }
}
