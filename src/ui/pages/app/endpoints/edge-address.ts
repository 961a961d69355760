import { shellWord } from '../../../components/shell-word.js';

/** Where an edge serves: the host under which its API is reached (it runs beside what it serves), and the port in its name. */
export interface EdgeAddress {
  readonly host: string;
  readonly port: number | undefined;
}

/** The address of an edge by its name, `host:port`, and where its API is, as far as it has said so. */
export function edgeAddress(edge: string, apiUrl: string | undefined): EdgeAddress {
  const colon = edge.lastIndexOf(':');
  const number = Number(edge.slice(colon + 1));
  const port = colon >= 0 && Number.isInteger(number) && number > 0 ? number : undefined;
  const named = (colon < 0 ? edge : edge.slice(0, colon)).replace(/^\[|\]$/g, '');
  let host = named;
  try {
    if (apiUrl !== undefined) host = new URL(apiUrl).hostname.replace(/^\[|\]$/g, '');
  } catch {
    // Its name says where it is, then
  }
  return { host, port };
}

/** What asks a name server for a name in a shell. */
export function digCommand({ host, port }: EdgeAddress, name: string, type: string): string {
  const at = port === undefined || port === 53 ? '' : ` -p ${port}`;
  return `dig @${host}${at} ${shellWord(name)}${type === 'A' ? '' : ` ${type}`}`;
}
