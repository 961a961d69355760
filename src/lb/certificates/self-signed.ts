import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** An element of DER: its tag, and what stands in it. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Buffer.concat([Buffer.from([tag, 0x80 | octets.length, ...octets]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, ...parts);

function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const octets = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let more = arc >>> 7; more > 0; more >>>= 7) groups.unshift((more & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.from([first * 40 + second, ...octets]));
}

/** GeneralizedTime, which X.509 wants from the year 2050 on; UTCTime before. */
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : element(0x18, Buffer.from(digits, 'latin1'));
}

function commonName(text: string): Buffer {
  return sequence(element(0x31, sequence(objectIdentifier('2.5.4.3'), element(0x0c, Buffer.from(text, 'utf8')))));
}

function extension(identifier: string, content: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), element(0x04, content));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/**
 * A key (P-256) and a certificate (RFC 5280) that it has signed itself, in one PEM as HAProxy reads it. For host names, of which the
 * first is the common name as well.
 */
export function makeSelfSigned(names: readonly string[], { from, until }: { from: Date; until: Date }): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const serial = randomBytes(16);
  // Positive, and without a leading zero.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const name = commonName(names[0] ?? 'localhost');
  const alternatives = sequence(...names.map((host) => element(0x82, Buffer.from(host, 'latin1'))));
  const body = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, serial),
    algorithm,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(extension('2.5.29.17', alternatives))),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, element(0x03, Buffer.from([0]), signature));
  return pem('CERTIFICATE', certificate) + privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
