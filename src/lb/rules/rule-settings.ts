import { parseIpAddress } from '../../common/ip-address.js';
import { RuleError } from './rule.js';
import type { Rule, RuleSettings } from './rule.js';

const maxPriority = 1_000_000;
const maxServers = 100;
const maxPortIndex = 99;
const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?$/i;

/** What is written under a key in any case; of several the last, as with the other names of Bamboo's JSON. */
function settingOf(config: Rule['config'], name: string): string | undefined {
  if (config === undefined) return undefined;
  const values = Object.entries(config).filter(([key]) => key.toLowerCase() === name);
  const text = values.at(-1)?.[1].trim();
  return text === '' ? undefined : text;
}

function readInteger(text: string, name: string, min: number, max: number): number {
  const value = /^[+-]?\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new RuleError(`${name} ${JSON.stringify(text.slice(0, 100))}: not a whole number from ${min} to ${max}`);
}

function readServer(text: string): string {
  const refuse = (why: string): never => {
    throw new RuleError(`Servers: ${JSON.stringify(text.slice(0, 300))} ${why}`);
  };
  const colon = text.lastIndexOf(':');
  if (colon <= 0) return refuse('is not address:port, as in 10.0.0.7:8080 or [2001:db8::7]:8080');
  const port = text.slice(colon + 1);
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) return refuse('has no port from 1 to 65535');
  const host = text.slice(0, colon);
  const bracketed = /^\[(.*)\]$/.exec(host)?.[1];
  const address = parseIpAddress(bracketed ?? host)?.address;
  if (address !== undefined && address.includes(':') === (bracketed !== undefined)) return `${address}:${number}`;
  // A name whose last part is a number would be an address to whoever resolves it.
  if (bracketed !== undefined || !hostName.test(host) || /(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(host)) {
    return refuse('does not begin with an address or a host name; IPv6 is written as [2001:db8::7]:8080');
  }
  return `${host.toLowerCase().replace(/\.$/, '')}:${number}`;
}

function readServers(text: string): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length > maxServers) throw new RuleError(`Servers: more than ${maxServers}`);
  return [...new Set(words.map(readServer))];
}

/**
 * What a rule's `Config` says besides its ACL: `Priority` (a whole number, the higher goes first), `Servers` (addresses outside
 * of Marathon), `Port` (index of the app's port, counted from 0). Names in any case; keys that are not known mean nothing. Of the
 * servers the last colon separates host and port, so IPv6 is without brackets. Throws RuleError, for the person who wrote it.
 */
export function readRuleSettings({ config }: Pick<Rule, 'config'>): RuleSettings {
  const priority = settingOf(config, 'priority');
  const servers = settingOf(config, 'servers');
  const port = settingOf(config, 'port');
  return {
    priority: priority === undefined ? 0 : readInteger(priority, 'Priority', -maxPriority, maxPriority),
    servers: servers === undefined ? [] : readServers(servers),
    portIndex: port === undefined ? null : readInteger(port, 'Port', 0, maxPortIndex),
  };
}
