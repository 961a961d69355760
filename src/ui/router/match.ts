/** What a pattern's placeholders stand for, decoded. */
export type Params = Readonly<Record<string, string>>;

/** Where the interface is: what stands behind `#` in the address. */
export interface Place {
  /** Decoded segments of the path: an app's id is one of them. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Typed by hand, with a lone %
    return segment;
  }
}

/** Reads the fragment of an address: `#/apps/%2Fprod%2Fweb/timeline?sort=cpus`. */
export function parseFragment(fragment: string): Place {
  const text = fragment.replace(/^#?\/?/, '');
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    segments: path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decoded),
    query: mark < 0 ? {} : Object.fromEntries(new URLSearchParams(text.slice(mark + 1))),
  };
}

/** The fragment that leads to a place; empty and undefined values of the query are left out. */
export function fragmentOf(
  segments: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as [string, string]],
  );
  const text = new URLSearchParams(given).toString();
  return `#/${segments.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** Whether the segments fit a pattern such as `['apps', ':id', ':tab?']`, and what its placeholders are then; `?` at the end: may be absent. */
export function matchSegments(pattern: readonly string[], segments: readonly string[]): Params | undefined {
  if (segments.length > pattern.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (!part.startsWith(':')) {
      if (part !== segment) return undefined;
      continue;
    }
    const isOptional = part.endsWith('?');
    if (segment === undefined) {
      if (!isOptional) return undefined;
      continue;
    }
    params[part.slice(1, isOptional ? -1 : undefined)] = segment;
  }
  return params;
}
