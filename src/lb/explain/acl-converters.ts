import type { Sample } from './acl-samples.js';

/** What a converter makes of a value: another one, none at all, or why that cannot be told. */
type Converted = Sample | undefined | { readonly unknown: string };

const text = (value: string): Sample => ({ kind: 'text', text: value });

/** Upper and lower case of ASCII letters alone, as HAProxy does it. */
const lower = (value: string): string => value.replace(/[A-Z]/g, (c) => c.toLowerCase());
const upper = (value: string): string => value.replace(/[a-z]/g, (c) => c.toUpperCase());

/** `index,delimiter`: from 1 on, or from the last one backwards. */
function partOf(parts: readonly string[], index: number): Converted {
  if (index === 0) return { unknown: 'the index 0 means something else to each version of HAProxy' };
  const part = parts[index > 0 ? index - 1 : parts.length + index];
  return part === undefined ? undefined : text(part);
}

function splitArgs(args: string): { index: number; delimiter: string } {
  const comma = args.indexOf(',');
  return { index: Number(args.slice(0, comma)), delimiter: args.slice(comma + 1) };
}

/** `%41` is `A`; a `+` is a blank behind a `?`. */
function decoded(value: string): Converted {
  if (/%(?![0-9a-fA-F]{2})/.test(value)) return { unknown: 'it is not a valid percent-encoding' };
  const mark = value.indexOf('?');
  const [path, query] = mark < 0 ? [value, ''] : [value.slice(0, mark), value.slice(mark).replaceAll('+', ' ')];
  return text(`${path}${query}`.replace(/%(..)/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))));
}

const converters: Readonly<Record<string, (value: string, args: string) => Converted>> = {
  field: (value, args) => {
    const { index, delimiter } = splitArgs(args);
    return partOf(value.split(delimiter), index);
  },
  host_only: (value) => text(value.replace(/:\d*$/, '')),
  length: (value) => ({ kind: 'integer', value: value.length }),
  lower: (value) => text(lower(value)),
  port_only: (value) => ({ kind: 'integer', value: Number(/:(\d*)$/.exec(value)?.[1] ?? '0') }),
  upper: (value) => text(upper(value)),
  url_dec: decoded,
  word: (value, args) => {
    const { index, delimiter } = splitArgs(args);
    return partOf(
      value.split(delimiter).filter((part) => part !== ''),
      index,
    );
  },
};

/** The value as text, where a converter needs one; undefined for what has no obvious text. */
export function sampleText(sample: Sample): string | undefined {
  switch (sample.kind) {
    case 'text':
    case 'method':
      return sample.text;
    case 'integer':
      return String(sample.value);
    case 'boolean':
    case 'address':
      return undefined;
  }
}

/** Sends a value through converters as `parseAcl` gives them: `lower`, `field(1,:)`. */
export function convert(sample: Sample, written: readonly string[]): Converted {
  let value: Sample = sample;
  for (const one of written) {
    const open = one.indexOf('(');
    const name = open < 0 ? one : one.slice(0, open);
    const args = open < 0 ? '' : one.slice(open + 1, -1);
    const convertText = Object.hasOwn(converters, name) ? converters[name] : undefined;
    const from = sampleText(value);
    if (convertText === undefined || from === undefined) {
      return { unknown: `the converter "${name}" cannot be followed here` };
    }
    const next = convertText(from, args);
    if (next === undefined || 'unknown' in next) return next;
    value = next;
  }
  return value;
}
