import { dotted, flag, message, opt, option, question, record, u16, wireName } from './octets.js';

/** What comes back: an rcode (the upper bits of EDNS included), or nothing at all. */
export type Expected = number | 'silence';

/** One kind of message that no honest client sends, or few do. */
export interface HostileClass {
  readonly name: string;
  readonly bytes: Buffer;
  /** From `ekiden dns`. */
  readonly ours: Expected;
  /** From exact mode, as mesos-dns.md §7 has it; undefined where that is silent: then only that it goes on serving counts. */
  readonly exact?: Expected;
  /** Over one of the two alone; undefined: over both. */
  readonly transport?: 'udp' | 'tcp';
}

/** A name that both servers know, with one address. */
export const knownName = 'web.marathon.mesos';

const noerror = 0;
const formerr = 1;
const servfail = 2;
const nxdomain = 3;
const notimp = 4;
const refused = 5;
const badvers = 16;

const known = question(dotted(knownName));
const all = 65_535;
const unknownData = Buffer.from('00010203', 'hex');

/** A question for the known name with these flags, type, class and further records. */
function asked(parts: {
  readonly flags?: number;
  readonly name?: Buffer;
  readonly type?: number;
  readonly class?: number;
  readonly additionals?: readonly Buffer[];
  /** Behind the message. */
  readonly trailing?: Buffer;
}): Buffer {
  const { name = dotted(knownName), additionals = [], trailing } = parts;
  return message({
    ...(parts.flags === undefined ? {} : { flags: parts.flags }),
    counts: [1, 0, 0, additionals.length],
    body: Buffer.concat([
      question(name, parts.type ?? 1, parts.class ?? 1),
      ...additionals,
      ...(trailing === undefined ? [] : [trailing]),
    ]),
  });
}

const headers: readonly HostileClass[] = [
  ...[0, 1, 2, 11].map((length): HostileClass => ({
    name: `${length} octets`,
    bytes: message({ body: known }).subarray(0, length),
    ours: 'silence',
    exact: 'silence',
  })),
  {
    name: 'a response',
    bytes: asked({ flags: flag.QR | flag.RD }),
    ours: 'silence',
    exact: 'silence',
  },
  {
    name: 'a response of 12 octets',
    bytes: message({ flags: flag.QR, counts: [0, 0, 0, 0] }),
    ours: 'silence',
    exact: 'silence',
  },
  {
    name: 'a response that cannot be decoded',
    bytes: message({ flags: flag.QR, counts: [all, all, all, all], body: unknownData }),
    ours: 'silence',
    exact: 'silence',
  },
  ...[1, 2, 3, 4, 5, 6, 15].map((opcode): HostileClass => ({
    name: `opcode ${opcode}`,
    bytes: asked({ flags: (opcode << 11) | flag.RD }),
    ours: notimp,
    exact: noerror,
  })),
  {
    name: 'an update of three records',
    bytes: message({
      flags: 5 << 11,
      counts: [1, 0, 3, 0],
      body: Buffer.concat([
        question(dotted('mesos'), 6),
        ...[1, 2, 3].map((last) =>
          record({ name: dotted(`x${last}.mesos`), type: 1, ttl: 60, data: Buffer.from([10, 0, 0, last]) }),
        ),
      ]),
    }),
    ours: notimp,
  },
  { name: 'a query that says it is truncated', bytes: asked({ flags: flag.TC }), ours: noerror, exact: formerr },
  {
    name: 'every bit that a query has no use for',
    bytes: asked({ flags: flag.AA | flag.RA | flag.Z | flag.AD | flag.CD | 15 }),
    ours: noerror,
    exact: noerror,
  },
];

const counts: readonly HostileClass[] = [
  { name: '12 octets of nothing', bytes: message({ counts: [0, 0, 0, 0] }), ours: formerr, exact: servfail },
  ...([0, 1, 2, 3] as const).map((index): HostileClass => {
    const lie = [0, 0, 0, 0] as [number, number, number, number];
    lie[index] = all;
    return { name: `12 octets with 65535 of section ${index}`, bytes: message({ counts: lie }), ours: formerr };
  }),
  { name: '12 octets with 65535 of everything', bytes: message({ counts: [all, all, all, all] }), ours: formerr },
  {
    name: '65535 questions, one there',
    bytes: message({ counts: [all, 0, 0, 0], body: known }),
    ours: formerr,
    exact: formerr,
  },
  {
    name: '65535 answers, none there',
    bytes: message({ counts: [1, all, 0, 0], body: known }),
    ours: formerr,
    exact: noerror,
  },
  {
    name: '65535 additional records, none there',
    bytes: message({ counts: [1, 0, 0, all], body: known }),
    ours: formerr,
    exact: noerror,
  },
  {
    name: 'no question, but a cookie',
    bytes: message({ counts: [0, 0, 0, 1], body: opt({ data: option(10, Buffer.alloc(8, 7)) }) }),
    ours: formerr,
    exact: servfail,
  },
  {
    name: 'two questions',
    bytes: message({ counts: [2, 0, 0, 0], body: Buffer.concat([known, known]) }),
    ours: formerr,
    exact: noerror,
  },
  {
    name: 'twenty questions',
    bytes: message({ counts: [20, 0, 0, 0], body: Buffer.concat(Array.from({ length: 20 }, () => known)) }),
    ours: formerr,
  },
  {
    name: 'two answers in a query',
    bytes: message({
      counts: [1, 2, 0, 0],
      body: Buffer.concat([known, ...[1, 2].map(() => record({ type: 1, data: Buffer.alloc(4) }))]),
    }),
    ours: formerr,
    exact: noerror,
  },
  {
    name: 'a question without its type',
    bytes: message({ body: dotted(knownName) }),
    ours: formerr,
  },
  { name: 'a question without its class', bytes: asked({}).subarray(0, -2), ours: formerr },
  { name: 'half a question', bytes: message({ body: known.subarray(0, 8) }), ours: formerr, exact: formerr },
];

/** Labels of the longest name there may be: 255 octets with the root. */
const longest = ['a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(55), 'mesos'];

const names: readonly HostileClass[] = [
  {
    name: 'a name that points to itself',
    bytes: message({ body: Buffer.concat([u16(0xc00c), u16(1, 1)]) }),
    ours: formerr,
    exact: formerr,
  },
  {
    name: 'labels, and a pointer back to the first of them',
    bytes: message({ body: Buffer.concat([wireName('a', 'b').subarray(0, -1), u16(0xc00c, 1, 1)]) }),
    ours: formerr,
    exact: formerr,
  },
  {
    name: 'two pointers to each other',
    bytes: message({ body: Buffer.concat([u16(0xc012, 1, 1, 0xc00c, 1, 1)]) }),
    ours: formerr,
    exact: formerr,
  },
  {
    name: 'a pointer forward, to a name behind the question',
    bytes: message({ body: Buffer.concat([u16(0xc012, 1, 1), dotted(knownName)]) }),
    ours: formerr,
  },
  {
    name: 'a pointer behind the end',
    bytes: message({ body: u16(0xffff, 1, 1) }),
    ours: formerr,
    exact: formerr,
  },
  {
    name: 'a pointer into the header',
    bytes: message({ body: Buffer.concat([wireName('web', 'marathon', 'mesos').subarray(0, -1), u16(0xc004, 1, 1)]) }),
    ours: formerr,
  },
  {
    name: 'half a pointer',
    bytes: message({ body: Buffer.concat([wireName('web').subarray(0, -1), Buffer.from([0xc0])]) }),
    ours: formerr,
    exact: formerr,
  },
  ...[0x40, 0x80].map((kind): HostileClass => ({
    name: `a label of the kind 0x${kind.toString(16)}`,
    bytes: message({ body: Buffer.concat([Buffer.from([kind | 3]), Buffer.from('web'), known]) }),
    ours: formerr,
    exact: formerr,
  })),
  {
    name: 'a label with a dot in it',
    bytes: asked({ name: wireName('web.marathon', 'mesos') }),
    ours: formerr,
  },
  {
    name: 'a label with a zero octet in it',
    bytes: asked({ name: wireName('we\0b', 'marathon', 'mesos') }),
    ours: nxdomain,
    exact: nxdomain,
  },
  {
    name: 'labels of octets that are no ASCII',
    bytes: asked({ name: wireName('\xff\xfew\xe9b', '\x80', 'mesos') }),
    ours: nxdomain,
    exact: nxdomain,
  },
  {
    name: 'a label with a backslash and a blank',
    bytes: asked({ name: wireName('a\\b c', 'marathon', 'mesos') }),
    ours: nxdomain,
    exact: nxdomain,
  },
  { name: 'a name of 255 octets', bytes: asked({ name: wireName(...longest) }), ours: nxdomain, exact: nxdomain },
  {
    name: 'a name of 256 octets',
    bytes: asked({ name: wireName('x'.repeat(56), ...longest.slice(0, 3), 'mesos') }),
    ours: formerr,
  },
  {
    name: 'a name of 2,000 octets',
    bytes: asked({ name: wireName(...Array.from({ length: 40 }, () => 'y'.repeat(49)), 'mesos') }),
    ours: formerr,
    exact: formerr,
  },
  {
    name: 'a name of 127 labels',
    bytes: asked({ name: wireName(...Array.from({ length: 127 }, () => 'z')) }),
    ours: refused,
  },
  { name: 'the root', bytes: asked({ name: wireName() }), ours: refused, exact: refused },
];

const classesAndTypes: readonly HostileClass[] = [
  ...[0, 3, 4, 254, all].map((rrClass): HostileClass => ({
    name: `class ${rrClass}`,
    bytes: asked({ class: rrClass }),
    ours: refused,
    exact: noerror,
  })),
  { name: 'class ANY', bytes: asked({ class: 255 }), ours: noerror, exact: noerror },
  ...[0, 41, 249, 250, 253, 254, 65_280, all].map((type): HostileClass => ({
    name: `type ${type}`,
    bytes: asked({ type }),
    ours: noerror,
    exact: noerror,
  })),
  { name: 'type ANY', bytes: asked({ type: 255 }), ours: noerror, exact: noerror },
  { name: 'AXFR', bytes: asked({ name: dotted('mesos'), type: 252 }), ours: refused, exact: nxdomain },
  { name: 'IXFR', bytes: asked({ name: dotted('mesos'), type: 251 }), ours: refused, exact: nxdomain },
];

const cookie = option(10, Buffer.alloc(8, 7));
const edns: readonly HostileClass[] = [
  { name: 'EDNS', bytes: asked({ additionals: [opt()] }), ours: noerror, exact: noerror },
  { name: 'a cookie', bytes: asked({ additionals: [opt({ data: cookie })] }), ours: noerror, exact: noerror },
  {
    name: 'a cookie of three octets',
    bytes: asked({ additionals: [opt({ data: option(10, Buffer.alloc(3)) })] }),
    ours: noerror,
    exact: noerror,
  },
  {
    name: 'an option that nobody knows',
    bytes: asked({ additionals: [opt({ data: option(all, Buffer.alloc(40)) })] }),
    ours: noerror,
    exact: noerror,
  },
  {
    name: 'an option that ends behind its record',
    bytes: asked({ additionals: [opt({ data: option(10, Buffer.alloc(8), 4_000) })] }),
    ours: formerr,
  },
  { name: 'half an OPT record', bytes: asked({ additionals: [opt()] }).subarray(0, -6), ours: formerr, exact: formerr },
  {
    name: 'an OPT record longer than the message',
    bytes: asked({ additionals: [record({ type: 41, class: 1232, length: 500 })] }),
    ours: formerr,
    exact: formerr,
  },
  { name: 'two OPT records', bytes: asked({ additionals: [opt(), opt()] }), ours: formerr, exact: noerror },
  {
    name: 'a hundred OPT records',
    bytes: asked({ additionals: Array.from({ length: 100 }, () => opt()) }),
    ours: formerr,
    exact: noerror,
    transport: 'tcp',
  },
  {
    name: 'an OPT record with a name',
    bytes: asked({ additionals: [record({ name: dotted('x.mesos'), type: 41, class: 1232 })] }),
    ours: formerr,
    exact: noerror,
  },
  ...[1, 255].map((version): HostileClass => ({
    name: `EDNS version ${version}`,
    bytes: asked({ additionals: [opt({ version })] }),
    ours: badvers,
    exact: noerror,
  })),
  ...[0, 1, 511, all].map((size): HostileClass => ({
    name: `EDNS for ${size} octets`,
    bytes: asked({ additionals: [opt({ size })] }),
    ours: noerror,
    exact: noerror,
  })),
  {
    name: 'a signature (TSIG) of nobody we know',
    bytes: asked({
      additionals: [
        record({
          name: dotted('key.example'),
          type: 250,
          class: 255,
          data: Buffer.concat([dotted('hmac-sha256'), u16(0, 0, 0, 300, 4), Buffer.alloc(4), u16(0x1234, 0, 0)]),
        }),
      ],
    }),
    ours: noerror,
    exact: noerror,
  },
  {
    name: 'a record of an unknown type',
    bytes: asked({ additionals: [record({ type: 65_280, data: unknownData })] }),
    ours: noerror,
    exact: noerror,
  },
];

const sizes: readonly HostileClass[] = [
  { name: 'one octet behind the message', bytes: asked({ trailing: Buffer.from([1]) }), ours: noerror, exact: noerror },
  {
    name: '600 octets behind the message',
    bytes: asked({ trailing: Buffer.alloc(600, 1) }),
    ours: noerror,
    exact: noerror,
  },
  {
    name: 'an OPT record of 600 octets, over UDP',
    bytes: asked({ additionals: [opt({ data: option(12, Buffer.alloc(600)) })] }),
    ours: noerror,
    exact: formerr,
    transport: 'udp',
  },
  {
    name: 'an OPT record of 600 octets, over TCP',
    bytes: asked({ additionals: [opt({ data: option(12, Buffer.alloc(600)) })] }),
    ours: noerror,
    exact: noerror,
    transport: 'tcp',
  },
  {
    name: '9,000 octets',
    bytes: asked({ additionals: [opt({ data: option(12, Buffer.alloc(9_000)) })] }),
    ours: formerr,
  },
  {
    name: '65,535 octets of zero',
    bytes: message({ counts: [1, 0, 0, 0], body: Buffer.alloc(65_523) }),
    ours: formerr,
    transport: 'tcp',
  },
  {
    name: '10,000 names that point to each other',
    bytes: message({
      counts: [10_000, 0, 0, 0],
      body: Buffer.concat([u16(...Array.from({ length: 8_000 }, (_, i) => 0xc000 | ((14 + 2 * i) & 0x3fff)))]),
    }),
    ours: formerr,
    exact: formerr,
    transport: 'tcp',
  },
];

/** All of them. */
export const hostileClasses: readonly HostileClass[] = [
  ...headers,
  ...counts,
  ...names,
  ...classesAndTypes,
  ...edns,
  ...sizes,
];
