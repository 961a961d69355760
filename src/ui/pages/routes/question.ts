/** A request that is asked about, as it is typed; empty: not given. */
export interface Question {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  /** `Name: value`, one on each line. */
  readonly headers: string;
  readonly scheme: string;
  readonly port: string;
  readonly src: string;
  readonly sni: string;
}

export const emptyQuestion: Question = {
  host: '',
  path: '',
  method: '',
  headers: '',
  scheme: '',
  port: '',
  src: '',
  sni: '',
};

/** Reads a question from the query of the address. */
export function questionOf(query: Readonly<Record<string, string>>): Question {
  return {
    host: query['host'] ?? '',
    path: query['path'] ?? '',
    method: query['method'] ?? '',
    headers: query['headers'] ?? '',
    scheme: query['scheme'] ?? '',
    port: query['port'] ?? '',
    src: query['src'] ?? '',
    sni: query['sni'] ?? '',
  };
}

export function isAsked({ host, path, port }: Question): boolean {
  return [host, path, port].some((text) => text.trim() !== '');
}

/** The path and query of `GET /api/explain` for it. */
export function explainPath({ headers, ...rest }: Question): string {
  const query = new URLSearchParams();
  for (const [name, text] of Object.entries(rest)) if (text.trim() !== '') query.append(name, text.trim());
  for (const line of headers.split('\n')) {
    const at = line.indexOf(':');
    if (at > 0) query.append('header', `${line.slice(0, at).trim()}:${line.slice(at + 1).trim()}`);
    else if (line.trim() !== '') query.append('header', line.trim());
  }
  return `api/explain?${query.toString()}`;
}
