/** A node of a RAML file. Scalars stay texts; prose (descriptions, examples) is left out. */
export type Yaml = string | readonly Yaml[] | YamlMap;
export type YamlMap = ReadonlyMap<string, Yaml>;

/** Members that hold prose, in any form: nothing in them is looked at, and not all of it is YAML that is simple to read. */
const prose: ReadonlySet<string> = new Set(['description', 'usage', 'example', 'examples', 'displayName', 'content']);

interface Line {
  readonly indent: number;
  readonly text: string;
}

function linesOf(source: string): readonly Line[] {
  return source.split('\n').flatMap((line) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    return [{ indent: line.length - line.trimStart().length, text: text.replace(/\s#.*$/, '').trimEnd() }];
  });
}

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');

/** `[a, "b,c"]` */
function flowItems(text: string): readonly string[] {
  const items = text.slice(1, -1).match(/\s*(?:"[^"]*"|'[^']*'|[^,]+)/g) ?? [];
  return items.map((item) => unquoted(item.trim())).filter((item) => item !== '');
}

/**
 * Reads the part of YAML that the RAML files use: maps and lists by indentation, lists in brackets, plain and block texts. Throws on
 * what is none of that, so that nothing is overlooked.
 */
export function parseYaml(source: string): YamlMap {
  const lines = linesOf(source);
  let at = 0;

  const isDeeper = (than: number): boolean => (lines[at]?.indent ?? -1) > than;
  const skipDeeper = (than: number): void => {
    while (isDeeper(than)) at++;
  };

  function list(indent: number): readonly Yaml[] {
    const items: Yaml[] = [];
    for (let line = lines[at]; line?.indent === indent && line.text.startsWith('- '); line = lines[at]) {
      at++;
      items.push(unquoted(line.text.slice(2).trim()));
    }
    return items;
  }

  function valueOf(text: string, indent: number): Yaml {
    if (text === '') {
      const next = lines[at];
      if (next === undefined || next.indent <= indent) return '';
      return next.text.startsWith('- ') ? list(next.indent) : map(next.indent);
    }
    // What is deeper after a text goes on with it
    skipDeeper(indent);
    if (text.startsWith('[') && text.endsWith(']')) return flowItems(text);
    return unquoted(text);
  }

  function map(indent: number): YamlMap {
    const members = new Map<string, Yaml>();
    for (let line = lines[at]; line?.indent === indent; line = lines[at]) {
      const [, name, text = ''] = /^(.+?):(?:\s+(.*))?$/.exec(line.text) ?? [];
      if (name === undefined) throw new Error(`not understood: ${line.text}`);
      at++;
      if (prose.has(name) || name.startsWith('(pragma.deprecated')) skipDeeper(indent);
      else members.set(unquoted(name), valueOf(text, indent));
    }
    return members;
  }

  const tree = map(lines[0]?.indent ?? 0);
  const rest = lines[at];
  if (rest !== undefined) throw new Error(`not understood: ${rest.text}`);
  return tree;
}

export const isMap = (node: Yaml | undefined): node is YamlMap => node instanceof Map;

/** The map that a member holds; an empty one where it holds nothing. */
export function mapIn(node: Yaml | undefined, name: string): YamlMap {
  const member = isMap(node) ? node.get(name) : undefined;
  return isMap(member) ? member : new Map<string, Yaml>();
}

export function textIn(node: Yaml | undefined, name: string): string | undefined {
  const member = isMap(node) ? node.get(name) : undefined;
  return typeof member === 'string' ? member : undefined;
}
