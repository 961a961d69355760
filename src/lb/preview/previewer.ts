import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogChange } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import type { HaproxyProgram } from '../apply/haproxy-program.js';
import { Compiler, generationMark } from '../compile/compile.js';
import type { CompileInput } from '../compile/compile.js';
import type { Report, Routing } from '../compile/routing-model.js';
import { findCulprits } from '../culprits.js';
import { withoutSecrets } from '../hidden-secrets.js';
import { plan } from '../plan/plan.js';
import { finishText } from '../render/configuration-text.js';
import type { ConfigurationText } from '../render/configuration-text.js';
import { createRenderer, RenderError } from '../render/renderer.js';
import type { Renderer } from '../render/renderer.js';
import type { Rule } from '../rules/rule.js';
import { catalogWith } from './catalog-with.js';
import { checkConfiguration } from './check-configuration.js';
import type { NamedFile } from './check-configuration.js';
import { diffLines } from './line-diff.js';
import type { LineDiff } from './line-diff.js';
import { diffMaps } from './map-diff.js';
import type { MapDiff } from './map-diff.js';
import { PreviewQueue } from './preview-queue.js';
import { routeChanges } from './route-changes.js';
import type { ChangedRoute, NewShadow } from './route-changes.js';
import { planText, shownPlan } from './shown-plan.js';
import type { ShownPlan } from './shown-plan.js';

/** Nothing was routed yet, so nothing can be held against it. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/** What updates are made from, and what the last one came to. Nothing of it is changed by a preview. */
export interface PreviewSource {
  /** What an update would be made from now. */
  readonly input: CompileInput;
  readonly template: string;
  /** The model as the template gets it, and files that the text will name and that are not there yet. */
  readonly templateModel: (
    routing: Routing,
    catalog: CatalogView,
    rules: Iterable<Rule>,
  ) => Promise<{ readonly model: object; readonly files: readonly NamedFile[] }>;
  readonly last: { readonly routing: Routing; readonly configuration: ConfigurationText };
}

/** What may be different. */
export interface PreviewChange {
  readonly catalog?: CatalogChange;
  /** A rule to be stored, or the id of one to be removed. */
  readonly rule?: Rule;
  readonly removedRule?: PathId;
}

/** Why a change would not come into force as it is. */
export interface Refusal {
  /** `rule`: it is not stored; `compile`: it is left out; `template`, `haproxy`: the configuration before it stays. */
  readonly stage: 'rule' | 'compile' | 'template' | 'haproxy';
  /** The app or rule that it is about; null = all of it. */
  readonly id: string | null;
  readonly reason: string;
}

/** What a change would do. */
export interface Preview {
  /** In a few sentences. */
  readonly text: string;
  /** It would come into force as it is. */
  readonly accepted: boolean;
  readonly refusals: readonly Refusal[];
  /** What HAProxy would be told, or why it would be replaced; null = it would not come so far. */
  readonly plan: ShownPlan | null;
  /** Whether `haproxy -c` has looked at it; false where there is no HAProxy, or nothing in the text is different. */
  readonly checked: boolean;
  /** Of the configuration; passwords are left out. */
  readonly diff: LineDiff | null;
  readonly maps: readonly MapDiff[];
  readonly routes: readonly ChangedRoute[];
  readonly totalRoutes: number;
  readonly shadows: readonly NewShadow[];
  readonly totalShadows: number;
  /** What would be left out or not as its owner wants it, and is not yet; and what would be well again. */
  readonly reports: { readonly added: readonly Report[]; readonly solved: readonly Report[] };
}

export interface PreviewerOptions {
  /** undefined = nothing was routed yet. */
  readonly source: () => PreviewSource | undefined;
  readonly program: HaproxyProgram;
  /** Why a rule would not be stored; undefined when it would be. */
  readonly checkRule: (rule: Rule) => Promise<string | undefined>;
  /** Where files for `haproxy -c` may be put for a moment. */
  readonly directory: string;
}

/** Compiler and renderer are kept for the next preview this long. */
const keptMs = 60_000;
const maxReports = 50;

function nothing(refusals: readonly Refusal[], text: string): Preview {
  return {
    text,
    accepted: false,
    refusals,
    plan: null,
    checked: false,
    diff: null,
    maps: [],
    routes: [],
    totalRoutes: 0,
    shadows: [],
    totalShadows: 0,
    reports: { added: [], solved: [] },
  };
}

function reportsOf(before: readonly Report[], after: readonly Report[]): Preview['reports'] {
  const key = ({ kind, id, reason }: Report): string => JSON.stringify([kind, id, reason]);
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  return {
    added: after.filter((report) => !old.has(key(report))).slice(0, maxReports),
    solved: before.filter((report) => !now.has(key(report))).slice(0, maxReports),
  };
}

/** What the change is about itself: what is said of it is a refusal. */
function isAbout({ rule }: PreviewChange, { kind, id }: Report): boolean {
  return kind === 'rule' && rule?.id === id;
}

function summary(preview: Omit<Preview, 'text'>): string {
  const { plan: shown, refusals, routes, totalRoutes, shadows, reports } = preview;
  const count = (effect: ChangedRoute['effect']): number => routes.filter((route) => route.effect === effect).length;
  const counted =
    totalRoutes > routes.length
      ? [`${totalRoutes} routes would be different`]
      : [
          ...(count('gained') > 0 ? [`${count('gained')} routes would be gained`] : []),
          ...(count('lost') > 0 ? [`${count('lost')} lost`] : []),
          ...(count('moved') > 0 ? [`${count('moved')} changed`] : []),
        ];
  return [
    ...refusals.map(({ reason }) => `It would not be in force: ${reason}.`),
    ...(shown === null ? [] : [planText(shown)]),
    ...(counted.length === 0 ? [] : [`${counted.join(', ')}.`]),
    ...shadows.slice(0, 3).map(({ text }) => `${text}.`),
    ...(reports.added.length === 0 ? [] : [`${reports.added.length} more things would be left out.`]),
  ].join(' ');
}

/**
 * Tells what a change of the rules or the catalog would do, made by what makes it so: the same compiler, template, plan and `haproxy -c`,
 * over a copy of the inputs. What runs is not touched.
 */
export class Previewer {
  readonly #options: PreviewerOptions;
  readonly #queue = new PreviewQueue();
  #kept: { readonly renderer: Renderer; readonly compiler: Compiler } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PreviewerOptions) {
    this.#options = options;
  }

  /** Throws BusyError and NotReadyError. */
  preview(change: PreviewChange): Promise<Preview> {
    return this.#queue.run(() => this.#preview(change));
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.renderer.close();
  }

  #tools(): { readonly renderer: Renderer; readonly compiler: Compiler } {
    clearTimeout(this.#timer);
    return (this.#kept ??= { renderer: createRenderer(), compiler: new Compiler() });
  }

  async #preview(change: PreviewChange): Promise<Preview> {
    const { source, checkRule } = this.#options;
    const now = source();
    if (now === undefined) throw new NotReadyError('nothing is routed yet: no scheduler has told of its apps');
    if (change.rule !== undefined) {
      const problem = await checkRule(change.rule);
      if (problem !== undefined) {
        const refusal: Refusal = { stage: 'rule', id: change.rule.id, reason: problem };
        return nothing([refusal], `The rule would be refused: ${problem}.`);
      }
    }
    const tools = this.#tools();
    try {
      return await this.#compare(now, change, tools);
    } finally {
      this.#timer = setTimeout(() => void this.close(), keptMs);
      this.#timer.unref();
    }
  }

  async #compare(
    { input, template, templateModel, last }: PreviewSource,
    change: PreviewChange,
    { renderer, compiler }: { readonly renderer: Renderer; readonly compiler: Compiler },
  ): Promise<Preview> {
    const { program, directory } = this.#options;
    const { settings } = input;
    const changed = changedInput(input, change);
    const routing = compiler.compile(changed);
    const { model, files } = await templateModel(routing, changed.catalog, changed.rules);
    let next: ConfigurationText;
    try {
      next = finishText(await renderer.render(template, model), settings.statsSocket, {
        maps: routing.maps,
      });
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      const refusal: Refusal = { stage: 'template', id: null, reason: `the template: ${error.message}` };
      return nothing([refusal], `The template gives no configuration: ${error.message}.`);
    }
    const reports = reportsOf(last.routing.reports, routing.reports);
    const refusals: Refusal[] = routing.reports
      .filter((report) => isAbout(change, report))
      .map(({ id, reason }) => ({ stage: 'compile', id, reason }));
    const isSameText = next.text === last.configuration.text;
    const problem = isSameText
      ? undefined
      : await checkConfiguration(program, { directory, mapsDirectory: settings.mapsDirectory }, { ...next, files });
    if (problem !== undefined && !problem.missing) {
      const culprits = findCulprits(next.text, problem.lines, routing.model);
      const about = culprits.length === 0 ? [null] : culprits.map(({ id }) => id);
      const reason = `HAProxy does not accept it: ${withoutSecrets(problem.message)}`;
      refusals.push(...about.map((id): Refusal => ({ stage: 'haproxy', id, reason })));
    }
    const shown = shownPlan(plan(last.configuration, next));
    // The generation is another one whenever anything is
    const comparable = ({ text, generation }: ConfigurationText): string =>
      withoutSecrets(text.replaceAll(generation, generationMark));
    const preview = {
      accepted: refusals.length === 0,
      refusals,
      plan: shown,
      checked: !isSameText && problem?.missing !== true,
      diff: diffLines(comparable(last.configuration), comparable(next)),
      maps: diffMaps(last.configuration.maps, next.maps),
      ...routeChanges(last.routing.routes, routing.routes),
      reports,
    };
    return { text: summary(preview), ...preview };
  }
}

/** The inputs as they would be; those that are given stay as they are. What was rejected before is judged anew where it is another. */
function changedInput(input: CompileInput, { catalog, rule, removedRule }: PreviewChange): CompileInput {
  const rules = new Map([...input.rules].map((one) => [one.id, one]));
  if (rule !== undefined) rules.set(rule.id, rule);
  if (removedRule !== undefined) rules.delete(removedRule);
  const changedApps = new Set(catalog?.apps.map(({ id }) => id));
  const isChanged = (kind: 'app' | 'rule', id: PathId): boolean =>
    kind === 'app' ? changedApps.has(id) : rule?.id === id;
  return {
    ...input,
    catalog: catalog === undefined ? input.catalog : catalogWith(input.catalog, catalog),
    rules: [...rules.values()],
    rejected: (kind, id) => (isChanged(kind, id) ? undefined : input.rejected(kind, id)),
  };
}
