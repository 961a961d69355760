import type { CatalogApp } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import type { Rule } from '../rules/rule.js';
import { AppReadings } from './app-readings.js';
import { BackendFiller } from './backend-servers.js';
import type { FilledBackend } from './backend-servers.js';
import type { CompileInput } from './compile-input.js';
import type {
  Backend,
  Leaving,
  Listener,
  MapFile,
  Report,
  Routing,
  RoutingModel,
  SharedFrontend,
} from './routing-model.js';
import { RuleReadings } from './rule-targets.js';
import { compileStructure } from './structure.js';
import type { Structure } from './structure.js';

export type { CompileInput } from './compile-input.js';

/** Stands in the model, and in the text, for the generation number until that is known. */
export const generationMark = '@generation@';

/**
 * Decides, from the apps and the rules, what HAProxy is to do. Pure: equal inputs give equal results, whatever the order in which
 * apps and instances arrived. What cannot be done, or is not as its owner wants it, is left out and reported; nothing that an
 * app or a rule says makes it throw.
 *
 * - Requests of the HTTP and HTTPS ports go by `routes`: those of rules, of the hosts that labels name, and of ids.
 * - A host and path, or a service port, that several apps want belongs to the one that has it already (`owners`), else to the one
 *   with the oldest version. Rules of operators, and their claims of hosts, go before labels.
 * - Every TCP port with a service port gets a listener.
 */
export function compile(input: CompileInput): Routing {
  return new Compiler().compile(input);
}

interface Known {
  readonly input: Omit<CompileInput, 'rules'> & { readonly rules: readonly Rule[] };
  readonly apps: ReadonlyMap<PathId, { readonly app: CatalogApp; readonly rejected: string | undefined }>;
  readonly rejectedRules: readonly (string | undefined)[];
  /** The ports that were asked about, and the answers. */
  readonly ports: ReadonlyMap<number, string | undefined>;
  readonly structure: Structure;
}

interface Filled {
  readonly structure: Structure;
  readonly backends: readonly Backend[];
  readonly tasks: Routing['tasks'];
  readonly leaving: readonly Leaving[];
  readonly reports: readonly Report[];
  readonly empty: ReadonlySet<string>;
}

/**
 * `compile`, for one input after the other: what has not changed is not decided again, and stays the same object: backends whose
 * app and instances are the same, listeners, routes, maps. A change of one instance costs a comparison per app.
 */
export class Compiler {
  readonly #ruleReadings = new RuleReadings();
  readonly #filler = new BackendFiller();
  #readings: { readonly rules: CompileInput['reading']; readonly of: AppReadings } | undefined;
  #known: Known | undefined;
  #filled: Filled | undefined;
  #listeners: { readonly of: Filled; readonly list: readonly Listener[] } | undefined;

  compile(input: CompileInput): Routing {
    const structure = this.#structureOf({ ...input, rules: [...input.rules] });
    const filled = this.#fill(structure, input);
    const { settings } = input;
    const reports: Report[] = [];
    const bind = (what: string, port: number): string | null => {
      const problem = input.portProblem(port);
      if (problem === undefined) return `${settings.bindAddress}:${port}`;
      reports.push({ kind: 'port', id: String(port), reason: `${what} is not served: ${problem}` });
      return null;
    };
    const { bindsHttpAndHttps, certificates, statsPath, appIdPort } = settings;
    const httpBind = bindsHttpAndHttps ? bind('the HTTP frontend', settings.httpPort) : null;
    const httpsBind =
      bindsHttpAndHttps && certificates.length > 0 ? bind('the HTTPS frontend', settings.httpsPort) : null;
    const appIdBind = appIdPort === 0 ? null : bind('the frontend that routes by X-Marathon-App-Id', appIdPort);
    const statsBind = bind('the statistics page', settings.statsPort);
    const { steps } = structure;
    const shared = (address: string): SharedFrontend => ({ bind: address, steps, statsPath });
    const ids: MapFile = { path: `${settings.mapsDirectory}/appId.map`, entries: structure.appIds };
    const model: RoutingModel = {
      generation: generationMark,
      global: {
        maxConnections: settings.maxConnections,
        statsSocket: settings.statsSocket,
        serverStateFile: settings.serverStateFile,
        user: settings.account?.user ?? null,
        group: settings.account?.group ?? null,
        hardStopAfterSeconds: settings.hardStopAfterSeconds,
      },
      stats: statsBind === null ? null : { bind: statsBind, credentials: settings.statsCredentials },
      http: httpBind === null ? null : shared(httpBind),
      https:
        httpsBind === null
          ? null
          : { ...shared(httpsBind), certificates, onlyNames: settings.isStrictSni ? namesOf(structure) : null },
      appId:
        appIdBind === null
          ? null
          : { bind: appIdBind, steps: [{ kind: 'map', key: 'appId', file: ids.path }], statsPath: null },
      listeners: this.#listenersOf(filled, settings.emptyServices),
      backends: filled.backends,
      userlists: structure.userlists,
    };
    return {
      model,
      maps: [
        ...(model.http === null && model.https === null ? [] : structure.maps),
        ...(model.appId === null ? [] : [ids]),
      ],
      routes: structure.routes,
      tasks: filled.tasks,
      leaving: filled.leaving,
      reports: [...structure.reports, ...filled.reports, ...reports],
      owners: structure.owners,
    };
  }

  #structureOf(input: Known['input']): Structure {
    const known = this.#known;
    if (known !== undefined && isStill(known, input)) return known.structure;
    if (this.#readings?.rules !== input.reading) {
      this.#readings = { rules: input.reading, of: new AppReadings(input.reading) };
    }
    const ports = new Map<number, string | undefined>();
    const portProblem = (port: number): string | undefined => {
      const problem = input.portProblem(port);
      ports.set(port, problem);
      return problem;
    };
    const structure = compileStructure({ ...input, portProblem }, this.#readings.of, this.#ruleReadings);
    const apps = [...input.catalog.apps].map(
      ([id, app]) => [id, { app, rejected: input.rejected('app', id) }] as const,
    );
    this.#known = {
      input,
      apps: new Map(apps),
      rejectedRules: input.rules.map(({ id }) => input.rejected('rule', id)),
      ports,
      structure,
    };
    return structure;
  }

  #fill(structure: Structure, input: CompileInput): Filled {
    const { filled, isChanged } = this.#filler.fill(structure.backends, input);
    if (!isChanged && this.#filled?.structure === structure) return this.#filled;
    this.#filled = {
      structure,
      backends: filled.map(({ backend }) => backend),
      tasks: filled.map(({ tasks }) => tasks),
      leaving: flat(filled, ({ leaving }) => leaving),
      reports: flat(filled, ({ reports }) => reports),
      empty: new Set(filled.filter(({ backend }) => backend.servers.length === 0).map(({ backend }) => backend.name)),
    };
    return this.#filled;
  }

  #listenersOf(filled: Filled, emptyServices: CompileInput['settings']['emptyServices']): readonly Listener[] {
    const { structure, empty } = filled;
    if (emptyServices === 'keep' || empty.size === 0) return structure.listeners;
    if (this.#listeners?.of !== filled) {
      this.#listeners = { of: filled, list: structure.listeners.filter(({ backend }) => !empty.has(backend)) };
    }
    return this.#listeners.list;
  }
}

/** Without a list for each backend: nearly all have nothing to say. */
function flat<T>(filled: readonly FilledBackend[], listOf: (backend: FilledBackend) => readonly T[]): T[] {
  const all: T[] = [];
  for (const backend of filled) {
    const list = listOf(backend);
    if (list.length > 0) all.push(...list);
  }
  return all;
}

/** The hosts that routes have; those of tests that are no route by host cannot be known. */
function namesOf({ routes }: Structure): string[] {
  return [...new Set(routes.flatMap(({ host }) => (host === null ? [] : [host])))].sort();
}

/** Whether a structure is what this input would give, too. */
function isStill({ input: before, apps, rejectedRules, ports, structure }: Known, input: Known['input']): boolean {
  const { catalog, rules, settings, reading, owners } = input;
  if (settings !== before.settings || reading !== before.reading) return false;
  // What it gave itself changes nothing.
  if (owners !== before.owners && owners !== structure.owners) return false;
  if (catalog.apps.size !== apps.size || rules.length !== before.rules.length) return false;
  for (const [id, app] of catalog.apps) {
    const known = apps.get(id);
    if (known?.app !== app || known.rejected !== input.rejected('app', id)) return false;
  }
  for (const [index, rule] of rules.entries()) {
    if (rule !== before.rules[index] || rejectedRules[index] !== input.rejected('rule', rule.id)) return false;
  }
  for (const [port, problem] of ports) if (input.portProblem(port) !== problem) return false;
  return true;
}
