/** One question, as dns-compare labels it, and one line of what differs in its answer. */
interface Line {
  /** `dns` or `http`. */
  readonly kind: string;
  readonly label: string;
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly all: readonly string[];
}

/** A way in which our own mode differs from Mesos-DNS on purpose. */
export interface DifferenceClass {
  readonly title: string;
  readonly reason: string;
  /** Whether a line belongs to it. */
  readonly has: (line: Line) => boolean;
}

const rcodeFrom = (text: string): readonly [want: string, got: string] => {
  const [, want = '', got = ''] = /^rcode: want (\w+) got (\w+)/.exec(text) ?? [];
  return [want, got];
};
const isSection = (text: string, section: string): boolean => text.startsWith(`${section}: `);
const flagsOf = (text: string): readonly [want: string[], got: string[]] => {
  const [, want = '', got = ''] = /^flags: want \[(.*?)\] got \[(.*?)\]/.exec(text) ?? [];
  return [want.split(' ').filter(Boolean), got.split(' ').filter(Boolean)];
};
/** Flags that one side has and the other has not. */
const flagsBetween = (text: string): string => {
  const [want, got] = flagsOf(text);
  return [...want.filter((flag) => !got.includes(flag)), ...got.filter((flag) => !want.includes(flag))].join(' ');
};
const isFlags = (text: string): boolean => text.startsWith('flags: ');
const hasCapitals = (text: string): boolean => /[A-Z]/.test(text);
const isForeign = ({ name }: Line): boolean => !/(?:^|\.)(?:mesos|prod\.cluster)\.?$/i.test(name);
const isCut = ({ all }: Line): boolean => all.some((text) => isFlags(text) && /\btc\b/.test(flagsBetween(text)));
/** Records without their owner, in lower case. */
const dataOf = (text: string): string =>
  text
    .replace(/^\w+: (?:unexpected|missing) /, '')
    .split(' | ')
    .map((record) => record.toLowerCase())
    .sort()
    .join(' | ');

/** Names of the one app of which the recorded states tell that an instance is unhealthy. */
const isUnhealthyApp = (label: string): boolean => /cart[-.]shop/i.test(label);
/** Two tasks of one id on one agent, of which Mesos would never tell. */
const isTwice = (label: string): boolean => /liquor[-.]store|big[-.]dog/i.test(label);

/** In this order: a line belongs to the first class that has it. */
export const differenceClasses: readonly DifferenceClass[] = [
  {
    title: 'Names that are too long for a message',
    reason:
      'Mesos-DNS never answers for them; here the name of the instance is shortened to fit, or the record left out',
    has: ({ text, label }) => text.startsWith('want no reply') || /n{40}|o{40}|\bx{40}/.test(label),
  },
  {
    title: 'Classes and opcodes',
    reason: 'only `IN` and `QUERY` are answered: other classes are REFUSED, other opcodes NOTIMP',
    has: ({ label }) => / (?:CH|HS|NONE|ANY|\d+) [A-Z]+/.test(label) || /opcode=/.test(label),
  },
  {
    title: 'Odd messages',
    reason: 'no question or several, cut off or damaged messages, dots within a label: FORMERR',
    has: ({ label }) => /raw:|\+\d+q\b|\\/.test(label),
  },
  {
    title: 'AXFR and IXFR',
    reason: 'transfers are for peers in `--dns_transfer_to`, over TCP; others are REFUSED',
    has: ({ type }) => type === 'AXFR' || type === 'IXFR',
  },
  {
    title: 'PTR',
    reason: 'addresses that belong to one instance have a name',
    has: ({ label }) => /\.arpa/.test(label),
  },
  {
    title: 'Zones of resolvers in capitals',
    reason: 'the keys of `ZoneResolvers` count in any letter case',
    has: ({ label }) => /upper\.case/i.test(label),
  },
  {
    title: 'DS',
    reason: 'asked within the zone it is answered there, and not sent to the public resolvers',
    has: ({ type }) => type === 'DS',
  },
  {
    title: 'Forwarded answers are remembered',
    reason: 'a small cache, so that the time to live counts down; only what was answered is kept',
    has: (line) =>
      isForeign(line) &&
      isSection(line.text, 'answer') &&
      line.all.filter((text) => isSection(text, 'answer')).length === 2,
  },
  {
    title: 'EDNS',
    reason: 'clients that send an OPT record get one, and up to 1232 octets over UDP; unknown versions get BADVERS',
    has: ({ label, text }) => / \+edns=/.test(label) && (text.includes('OPT ') || /BADVERS|RCODE16/.test(text)),
  },
  {
    title: 'Room and truncation',
    reason:
      'as many whole records as fit; additional records go first, one by one; TC only when answers are lost, and never more than 1232 octets of a forwarded answer',
    has: (line) =>
      isCut(line) ||
      /truncated reply carries|RR count want/.test(line.text) ||
      (/ \+edns=/.test(line.label) && (isSection(line.text, 'answer') || isSection(line.text, 'additional'))),
  },
  {
    title: 'RA',
    reason:
      'recursion is offered where it is to be had: not without resolvers, and not to clients outside `--dns_recursion_from`',
    has: ({ text }) => isFlags(text) && flagsBetween(text) === 'ra',
  },
  {
    title: 'SOA and NS questions',
    reason:
      'answered in the answer section at the domain, with the address of the server; elsewhere as any type that is not there',
    has: ({ type }) => type === 'SOA' || type === 'NS',
  },
  {
    title: 'ANY',
    reason: 'the records of the name alone, SOA and NS among them at the domain only',
    has: ({ type, text, name }) =>
      type === 'ANY' && (isSection(text, 'authority') || /^(?:mesos|prod\.cluster)\.$/i.test(name)),
  },
  {
    title: 'SRV of names that do not exist, or have none',
    reason: 'NXDOMAIN, or NOERROR, with the SOA record, so that resolvers may remember it',
    has: ({ type, text }) =>
      type === 'SRV' &&
      (rcodeFrom(text).join() === 'NOERROR,NXDOMAIN' || (isSection(text, 'authority') && text.includes(' IN SOA '))),
  },
  {
    title: 'SOA in negative answers',
    reason: 'owned by the domain instead of the name asked, so that resolvers may remember the answer',
    has: ({ text, all }) =>
      isSection(text, 'authority') &&
      text.includes(' IN SOA ') &&
      all.filter((other) => isSection(other, 'authority')).length === 2,
  },
  {
    title: 'DiscoveryInfo names with capitals',
    reason: 'published in lower case, and so within reach of clients',
    has: ({ label, text, name }) =>
      /my_service|my-service/i.test(text) ||
      /my_service/i.test(label) ||
      (/UPPER|Upper/.test(name) && hasCapitals(name)),
  },
  {
    title: 'Letter case of answers',
    reason: 'every owner has the case of the question',
    has: ({ text, all, name }) =>
      hasCapitals(name) &&
      isSection(text, 'answer') &&
      new Set(all.filter((other) => isSection(other, 'answer')).map(dataOf)).size === 1,
  },
  {
    title: 'Names that exist only as a part of others, and the domain itself',
    reason: 'NOERROR without records (RFC 8020), where Mesos-DNS says NXDOMAIN',
    has: ({ text, all }) =>
      rcodeFrom(text).join() === 'NXDOMAIN,NOERROR' ||
      (all.some((other) => rcodeFrom(other).join() === 'NXDOMAIN,NOERROR') && isSection(text, 'authority')),
  },
  {
    title: 'Unhealthy instances',
    reason: 'left out where a name has others; `--answer_unhealthy` publishes them all',
    has: ({ label }) => isUnhealthyApp(label),
  },
  {
    title: 'A task id that is there twice',
    reason: 'on one agent, which Mesos rules out: the last one counts, where Mesos-DNS publishes both',
    has: ({ label }) => isTwice(label),
  },
  {
    title: 'Names with an `@`, from the id of an agent',
    reason: 'found; Mesos-DNS publishes them and finds them no more',
    has: ({ label }) => label.includes('@'),
  },
  {
    title: 'Services of the masters',
    reason: '`_master._tcp` and `_master._udp`, of which the manual of Mesos-DNS speaks',
    has: ({ label }) => /_master\._(?:tcp|udp)/.test(label),
  },
  {
    title: 'Wildcards',
    reason: '`x.*.mesos` is looked up as `x.mesos`, and answered under the name that was asked',
    has: ({ name, text }) => name.includes('.*') && isSection(text, 'answer'),
  },
  {
    title: 'Names that no client can ask for',
    reason: 'empty labels are left out of the documents of the HTTP API too',
    has: ({ kind, label }) => kind === 'http' && (/\.\./.test(label) || /[a-z0-9-]{63}/.test(label)),
  },
  {
    title: '/v1/enumerate and /v1/axfr',
    reason: 'the sum of what is other in the names above',
    has: ({ label }) => /^http +GET \/v1\/(?:enumerate|axfr)/.test(label),
  },
  {
    title: 'Instances in a bridge',
    reason: "published under the agent's address, as their ports are ports of the agent",
    has: ({ label, all }) =>
      all.some((text) => /172\.1[78]\.0\.\d/.test(text)) || /api[-.]west[-.]eu[-.]shop/.test(label),
  },
  {
    title: '/v1/version and /v1/config',
    reason: 'our own version; settings as they are in effect, ours among them',
    has: ({ label }) => /^http +GET \/v1\/(?:version|config)/.test(label),
  },
  {
    title: 'Paths and methods of the HTTP API',
    reason:
      'paths are taken as they are, without redirects; the domain asked as a host has nothing instead of an error',
    has: ({ kind, text }) => kind === 'http' && /^(?:status|content-type|body)/.test(text),
  },
];
