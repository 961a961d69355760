import { resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { Violation } from '../commands.js';
import { roleSettings } from '../groups/roles.js';
import { appProblems } from '../validate/app-rules.js';
import { appUpdateSchema } from '../validate/app-schema.js';
import { appIdProblems } from '../validate/rules/id.js';
import { oldFormProblems } from '../validate/rules/old-forms.js';
import { readJson } from '../validate/schema.js';
import { violationsOf } from '../validate/violations.js';
import type { Problem } from '../validate/violations.js';
import type { AppDraft } from './app-draft.js';
import type { AppJson, CanonicalApp, CanonicalMembers } from './app-json.js';
import { appJsonOf } from './app-json-of.js';
import type { AppUpdate } from './app-update.js';
import { checkOf } from './check-of.js';
import { containerOf } from './container-of.js';
import { withDefaults } from './defaults.js';
import { fromOldForms, isHostNetworking } from './old-forms.js';
import type { DefinitionOptions } from './options.js';

export type BuildResult =
  { readonly ok: true; readonly draft: AppDraft } | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * The definition that a request asks for: old input forms converted, laid over `current` when `partial` (a field that is given
 * replaces the whole old one; `null` and absent fields leave it), defaults filled in, every rule checked. Broken rules are all
 * reported at once, with Marathon's paths and texts. `id` is the id that the request is about, absolute or relative to the root;
 * an `id` in the update must mean the same. Never throws, whatever `update` holds.
 *
 * Unlike Marathon, a partial update keeps `executorResources` and `resourceLimits` when they are not given: losing them would turn
 * a change of `instances` into a restart.
 */
export function buildDefinition(
  current: AppDraft | undefined,
  id: PathId,
  update: AppUpdate,
  options: DefinitionOptions,
): BuildResult {
  const { value, problems: shapeProblems } = readJson(appUpdateSchema, update);
  if (shapeProblems.length > 0) return { ok: false, violations: violationsOf(shapeProblems) };
  const request = value as AppJson;
  const before = options.partial && current !== undefined ? (appJsonOf(current) as CanonicalMembers) : {};
  const base = options.base ?? '/';
  const absoluteId = resolvePathId(id, base);
  const app = withDefaults(absoluteId, laidOver(before, fromOldForms(request, before, options)), options);
  const { allowed } = options.roles ?? roleSettings(absoluteId, undefined, options.mesosRole, current?.role);
  const context = {
    allowedRoles: allowed,
    features: options.features ?? [],
    hasArtifactStore: options.hasArtifactStore === true,
    ...(current === undefined ? {} : { current }),
  };

  function* problems(): Iterable<Problem> {
    yield* appIdProblems(absoluteId, request.id ?? id, base);
    yield* oldFormProblems(request);
    yield* appProblems(app, context);
  }
  const violations = violationsOf(problems());
  return violations.length > 0 ? { ok: false, violations } : { ok: true, draft: draftOf(app, options) };
}

/** `update` laid over `before`. Ports of the host do not survive the move to another network. */
function laidOver(before: CanonicalMembers, update: CanonicalMembers): CanonicalMembers {
  const leavesHost = update.networks !== undefined && !isHostNetworking(update.networks);
  if (!leavesHost) return { ...before, ...update };
  const { portDefinitions, requirePorts, ...rest } = before;
  return { ...rest, ...update };
}

/** The variables with a value, and those with a secret's. */
function variablesOf({ env }: CanonicalApp): Pick<AppDraft, 'env' | 'secretEnv'> {
  const texts: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === 'string') texts[name] = value;
    else secrets[name] = value.secret;
  }
  return { env: texts, ...(Object.keys(secrets).length === 0 ? {} : { secretEnv: secrets }) };
}

/** What the executor takes, and what the task may. */
function limitsOf({
  executorResources,
  resourceLimits,
}: CanonicalApp): Pick<AppDraft, 'executorResources' | 'resourceLimits'> {
  const { cpus, mem } = resourceLimits ?? {};
  const { cpus: executorCpus = 0.1, mem: memMib = 32, disk: diskMib = 10 } = executorResources ?? {};
  return {
    ...(executorResources === undefined ? {} : { executorResources: { cpus: executorCpus, memMib, diskMib } }),
    ...(resourceLimits === undefined
      ? {}
      : {
          resourceLimits: {
            ...(cpus === undefined ? {} : { cpus }),
            ...(mem === undefined ? {} : { memMib: mem }),
          },
        }),
  };
}

function draftOf(app: CanonicalApp, options: DefinitionOptions): AppDraft {
  const container = containerOf(app);
  return {
    id: app.id,
    ...(app.cmd === undefined ? {} : { cmd: app.cmd }),
    args: app.args,
    ...(app.user === undefined ? {} : { user: app.user }),
    ...variablesOf(app),
    ...(Object.keys(app.secrets).length === 0 ? {} : { secrets: app.secrets }),
    instances: app.instances,
    cpus: app.cpus,
    memMib: app.mem,
    diskMib: app.disk,
    gpus: app.gpus,
    executor: app.executor,
    ...limitsOf(app),
    ...(app.tty === undefined ? {} : { tty: app.tty }),
    fetch: app.fetch,
    portDefinitions: app.portDefinitions,
    requirePorts: app.requirePorts,
    healthChecks: app.healthChecks,
    ...(app.check === undefined ? {} : { check: checkOf(app.check) }),
    readinessChecks: app.readinessChecks,
    labels: app.labels,
    ...(app.acceptedResourceRoles === undefined ? {} : { acceptedResourceRoles: app.acceptedResourceRoles }),
    role: app.role,
    backoffSeconds: app.backoffSeconds,
    backoffFactor: app.backoffFactor,
    maxLaunchDelaySeconds: app.maxLaunchDelaySeconds,
    ...(app.taskKillGracePeriodSeconds === undefined
      ? {}
      : { taskKillGracePeriodSeconds: app.taskKillGracePeriodSeconds }),
    upgradeStrategy: app.upgradeStrategy,
    unreachableStrategy: app.unreachableStrategy,
    killSelection: app.killSelection,
    ...(container === undefined ? {} : { container }),
    networks: app.networks,
    dependencies: [...new Set(app.dependencies.map((d) => resolvePathId(d, options.base)))],
    constraints: app.constraints,
    storeUrls: app.storeUrls,
  };
}
