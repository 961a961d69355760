import type { Sample } from './samples.js';

/** Fits into one packet on any usual network, with all headers. */
const maxDatagramBytes = 1432;

const prefixed = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);

/** A number without an exponent, which not every receiver reads. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(9).replace(/\.?0+$/, '') : text;
}

/**
 * One sample for StatsD: `name:value|g`, or `|c` for a counter's growth. There a gauge with a sign is added to what it was, so a negative
 * one is set to 0 first, in the same datagram.
 */
export function statsdLine({ name, kind, value }: Sample): string {
  const safe = name.replace(/[^a-zA-Z0-9_.-]/g, '_');
  if (kind === 'counter') return `${safe}:${decimal(value)}|c`;
  return value < 0 ? `${safe}:0|g\n${safe}:${decimal(value)}|g` : `${safe}:${decimal(value)}|g`;
}

/** A name as Datadog allows it: Marathon's with underscores for dashes. */
export function datadogName(prefix: string, name: string): string {
  return prefixed(prefix, name).replace(/[^a-zA-Z0-9_.]/g, '_');
}

/** One sample for Datadog's agent: `name:value|g|#tag,tag`, or `|c` for a counter's growth. */
export function dogstatsdLine(sample: Sample, prefix: string, tags: readonly string[]): string {
  const type = sample.kind === 'counter' ? 'c' : 'g';
  // What separates the parts of a line must not be in a tag
  const safeTags = tags.map((tag) => tag.replace(/[|#,\s]/g, '_'));
  return `${datadogName(prefix, sample.name)}:${decimal(sample.value)}|${type}${safeTags.length === 0 ? '' : `|#${safeTags.join(',')}`}`;
}

/** One sample for Graphite: `path value seconds`. */
export function graphiteLine({ name, value }: Sample, prefix: string, seconds: number): string {
  return `${prefixed(prefix, name).replace(/[^a-zA-Z0-9_.-]/g, '_')} ${decimal(value)} ${seconds}`;
}

/** Joins lines, by line ends, into as few datagrams as they need. A line that is too long for one is sent alone. */
export function datagramsOf(lines: readonly string[]): readonly string[] {
  const datagrams: string[] = [];
  let datagram = '';
  for (const line of lines) {
    const longer = datagram === '' ? line : `${datagram}\n${line}`;
    // Names and numbers are ASCII; a tag may not be
    if (datagram !== '' && Buffer.byteLength(longer) > maxDatagramBytes) {
      datagrams.push(datagram);
      datagram = line;
    } else {
      datagram = longer;
    }
  }
  return datagram === '' ? datagrams : [...datagrams, datagram];
}
