import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { messageOf, StartupError } from '../../common/errors.js';

/** glibc reads no more; whoever lists more has a mistake in the file. */
const maxServers = 100;

/** The name servers that a text in the form of resolv.conf(5) names, in its order. */
export function parseResolvConf(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .slice(0, maxServers);
}

/** The name servers of this machine, but those that run on it: we may be the one that is asked there. Throws StartupError without the file. */
export function localResolvers(file = '/etc/resolv.conf'): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartupError(`the resolvers of this machine are not known: ${messageOf(error)}`);
  }
  const own = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)));
  return parseResolvConf(text).filter((address) => !own.has(address));
}
