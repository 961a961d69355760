import { quoteWord } from '../rules/acl-words.js';
import { serializeAcl } from '../rules/acl.js';
import type { MapFile, MapKey, Route, RouteSource, RouteStep } from './routing-model.js';

/** What may stand in a map's key: nothing that a map file or a command of the Runtime API gives a meaning. */
const mapText = /^[A-Za-z0-9._~!$&()*+,=:@%/-]{1,1500}$/;

/** The order of maps that never fit the same request; any would do. */
const mapKeys: readonly MapKey[] = ['hostPath', 'hostPathLower', 'path', 'pathLower'];

/** Longer texts with so much in common count as such that can fit the same request, though they might not. */
const maxCompared = 100;

interface MapPlace {
  /** One that compares the path's case, and one that does not; a host alone may stand in either. */
  readonly keys: readonly MapKey[];
  readonly text: string;
}

/** Where a route can stand in a map; undefined when it takes a step of its own. */
function mapPlace({ host, path, ignoreCase, acl }: Route): MapPlace | undefined {
  let keys: readonly MapKey[];
  let text: string;
  if (acl !== null) {
    const [pattern = '', ...more] = acl.patterns;
    const isPrefix = acl.fetch === 'path' && acl.method === 'beg' && acl.converters.length === 0;
    // With a slash at its end it would also take the path without.
    if (!isPrefix || more.length > 0 || !pattern.startsWith('/') || pattern.endsWith('/')) return undefined;
    keys = [acl.ignoreCase ? 'pathLower' : 'path'];
    text = acl.ignoreCase ? pattern.toLowerCase() : pattern;
  } else {
    if (host?.startsWith('*.') === true || (host === null && path === null)) return undefined;
    const prefix = `${path ?? ''}/`;
    text = `${host ?? ''}${ignoreCase ? prefix.toLowerCase() : prefix}`;
    if (host === null) keys = [ignoreCase ? 'pathLower' : 'path'];
    else if (path === null) keys = ['hostPath', 'hostPathLower'];
    else keys = [ignoreCase ? 'hostPathLower' : 'hostPath'];
  }
  return mapText.test(text) ? { keys, text } : undefined;
}

const ignoresCase = (key: MapKey): boolean => key === 'hostPathLower' || key === 'pathLower';

interface Entry {
  readonly key: MapKey;
  readonly text: string;
  readonly lower: string;
  readonly level: number;
  readonly backend: string;
}

/** The highest level of those that compare the case, and of those that do not; -1 = there are none. */
interface Levels {
  exact: number;
  folded: number;
}

/** Entries that can fit the same request: those of one host, or those without. */
class Scope {
  readonly #entries: Entry[] = [];
  readonly #texts = new Set<string>();
  readonly #lengths = new Set<number>();
  readonly #highest: Levels = { exact: -1, folded: -1 };
  /** By their text in lower case. Both are made when there is something to compare. */
  #levels: Map<string, Levels> | undefined;
  /** By what their text begins with, in lower case. */
  readonly #below = new Map<string, Levels>();

  /** Whether an earlier entry takes all that this one would. */
  hides(key: MapKey, text: string, lower: string): boolean {
    for (const length of this.#lengths) {
      if (length > text.length) continue;
      if (this.#highest.folded >= 0 && this.#texts.has(`i${lower.slice(0, length)}`)) return true;
      if (!ignoresCase(key) && this.#texts.has(`c${text.slice(0, length)}`)) return true;
    }
    return false;
  }

  /**
   * The first level at which no earlier entry is overtaken that can fit the same request: in one map the longest wins, between
   * maps the order of levels.
   */
  levelOf(key: MapKey, lower: string): number {
    const isFolded = ignoresCase(key);
    const { exact, folded } = this.#highest;
    if ((isFolded ? exact : folded) < 0 && (isFolded ? folded : exact) <= 0) return 0;
    const levels = this.#index();
    const found = [this.#below.get(lower.slice(0, maxCompared))];
    for (const length of this.#lengths) if (length <= lower.length) found.push(levels.get(lower.slice(0, length)));
    let level = 0;
    for (const other of found) {
      if (other === undefined) continue;
      level = Math.max(level, isFolded ? other.folded : other.folded + 1, isFolded ? other.exact + 1 : other.exact);
    }
    return level;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#texts.add(`${ignoresCase(entry.key) ? 'i' : 'c'}${entry.text}`);
    this.#lengths.add(entry.text.length);
    note(this.#highest, entry);
    if (this.#levels !== undefined) this.#note(this.#levels, entry);
  }

  #index(): Map<string, Levels> {
    if (this.#levels !== undefined) return this.#levels;
    const levels = new Map<string, Levels>();
    for (const entry of this.#entries) this.#note(levels, entry);
    this.#levels = levels;
    return levels;
  }

  #note(levels: Map<string, Levels>, entry: Entry): void {
    const { lower } = entry;
    noteAt(levels, lower, entry);
    for (let length = 1; length <= Math.min(lower.length, maxCompared); length += 1) {
      noteAt(this.#below, lower.slice(0, length), entry);
    }
  }
}

function note(levels: Levels, { key, level }: Entry): void {
  if (ignoresCase(key)) levels.folded = Math.max(levels.folded, level);
  else levels.exact = Math.max(levels.exact, level);
}

function noteAt(all: Map<string, Levels>, text: string, entry: Entry): void {
  const levels = all.get(text) ?? { exact: -1, folded: -1 };
  note(levels, entry);
  all.set(text, levels);
}

/** Routes between two steps with tests of their own, spread over as few maps as keep their order. */
class MapRun {
  readonly #hosts = new Map<string, Scope>();
  readonly #paths = new Scope();
  readonly #entries: Entry[] = [];
  #hostLevel = -1;
  #pathLevel = -1;

  add({ host, backend }: Route, { keys, text }: MapPlace): void {
    const scope = host === null ? this.#paths : (this.#hosts.get(host) ?? new Scope());
    const lower = text.toLowerCase();
    const [first = 'path', second] = keys;
    if (scope.hides(first, text, lower)) return;
    // A map of hosts and one of paths can always fit the same request.
    const from = (host === null ? this.#hostLevel : this.#pathLevel) + 1;
    const atFirst = Math.max(from, scope.levelOf(first, lower));
    const atSecond = second === undefined ? Infinity : Math.max(from, scope.levelOf(second, lower));
    const [key, level] = second !== undefined && atSecond < atFirst ? [second, atSecond] : [first, atFirst];
    const entry: Entry = { key, text, lower, level, backend };
    scope.add(entry);
    this.#entries.push(entry);
    if (host === null) {
      this.#pathLevel = Math.max(this.#pathLevel, level);
    } else {
      this.#hosts.set(host, scope);
      this.#hostLevel = Math.max(this.#hostLevel, level);
    }
  }

  /** The maps, in the order in which they are looked up. */
  *maps(): Generator<{ key: MapKey; entries: Map<string, string> }> {
    const groups = new Map<string, { key: MapKey; level: number; entries: Map<string, string> }>();
    for (const { key, level, text, backend } of this.#entries) {
      const name = `${level} ${key}`;
      const group = groups.get(name) ?? { key, level, entries: new Map<string, string>() };
      group.entries.set(text, backend);
      groups.set(name, group);
    }
    const ordered = [...groups.values()].sort(
      (a, b) => a.level - b.level || mapKeys.indexOf(a.key) - mapKeys.indexOf(b.key),
    );
    for (const { key, entries } of ordered) yield { key, entries };
  }
}

type AclStep = RouteStep & { kind: 'acl' };

const hostName = 'req.hdr(host),field(1,:),rtrim(.)';

function aclStep({ name, source, backend, app, host, path, ignoreCase, acl }: Route): AclStep {
  const tests: AclStep['tests'][number][] = [];
  if (acl !== null) tests.push({ name, expression: serializeAcl(acl) });
  if (host !== null) {
    const expression = host.startsWith('*.')
      ? `${hostName} -m end -i -- ${quoteWord(host.slice(1))}`
      : `${hostName} -m str -i -- ${quoteWord(host)}`;
    tests.push({ name: `${name}_host`, expression });
  }
  if (path !== null) {
    const flags = ignoreCase ? '-i -- ' : '-- ';
    tests.push({ name: `${name}_path`, expression: `path -m str ${flags}${quoteWord(path)}` });
    tests.push({ name: `${name}_path`, expression: `path -m beg ${flags}${quoteWord(`${path}/`)}` });
  }
  const condition = [...new Set(tests.map((test) => test.name))].join(' ');
  return { kind: 'acl', from: source, backend, tests, condition, source: sourceText(source, app) };
}

/** Without what could leave a comment: ids are checked, and printed as JSON where they are not. */
function sourceText(source: RouteSource, app: string | null): string {
  const id = source.kind === 'rule' ? source.id : (app ?? source.app);
  const text = /^[A-Za-z0-9/._-]*$/.test(id) ? id : JSON.stringify(id);
  return source.kind === 'rule' ? text : `${text} (${source.kind})`;
}

/**
 * Turns routes, in their order, into the steps of a frontend: those by host and path stand in files that HAProxy looks up,
 * others are tested one by one. The first step that fits takes a request to the backend of the first route that fits. Routes
 * that can never be reached stand in no map.
 */
export function routeSteps(routes: readonly Route[], directory: string): { steps: RouteStep[]; maps: MapFile[] } {
  const steps: RouteStep[] = [];
  const maps: MapFile[] = [];
  const count = new Map<MapKey, number>();
  let run = new MapRun();
  const finishRun = (): void => {
    for (const { key, entries } of run.maps()) {
      const number = (count.get(key) ?? 0) + 1;
      count.set(key, number);
      const path = `${directory}/${key}${number === 1 ? '' : `-${number}`}.map`;
      steps.push({ kind: 'map', key, file: path });
      maps.push({ path, entries });
    }
    run = new MapRun();
  };
  for (const route of routes) {
    const place = mapPlace(route);
    if (place !== undefined) {
      run.add(route, place);
      continue;
    }
    finishRun();
    steps.push(aclStep(route));
  }
  finishRun();
  return { steps, maps };
}
