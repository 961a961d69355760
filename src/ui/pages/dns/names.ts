import type { DnsName } from '../../api/dns.js';

export const questionTypes = ['A', 'AAAA', 'SRV', 'PTR', 'NS', 'SOA', 'ANY'] as const;
export type QuestionType = (typeof questionTypes)[number];

/** What is asked for when nobody says it: SRV of names of services, else addresses. */
export function usualType(name: string): QuestionType {
  return name.startsWith('_') ? 'SRV' : /\.(?:in-addr|ip6)\.arpa\.?$/i.test(name) ? 'PTR' : 'A';
}

/** The type to be asked for, as the address of the page has it. */
export function typeOf(text: string | undefined, name: string): QuestionType {
  return questionTypes.find((type) => type === text?.toUpperCase()) ?? usualType(name);
}

/** Names of one instance (`web-ek1d6-s0.marathon.mesos`), of agents' ports and backwards names: they exist, and nobody begins with them. */
const special = /-[0-9a-z]{5}-s\d+\.|\.slave\.|\.arpa$|\.agent\./;

/** A few names to begin with, out of those that there are: those of apps before those of the cluster, with one of a service. */
export function namesToBeginWith(names: readonly DnsName[], zone: string | undefined, max: number): readonly string[] {
  const usable = names.map(({ name }) => name).filter((name) => !special.test(name));
  const depth = (name: string): number => name.split('.').length;
  const least = zone === undefined ? 3 : depth(zone) + 2;
  const ofApps = usable.filter((name) => !name.startsWith('_') && depth(name) >= least);
  const services = usable.filter((name) => /^_[^.]+\._(?:tcp|udp)\./.test(name) && depth(name) > least);
  const others = usable.filter((name) => !name.startsWith('_') && depth(name) < least);
  const first = ofApps.slice(0, Math.max(1, max - 3));
  return [...first, ...services.slice(0, 2), ...others].slice(0, max);
}
