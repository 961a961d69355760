import { resolvePathId } from '../../../../common/path-id.js';
import type { PathId } from '../../../../common/path-id.js';
import type { Violation } from '../../commands.js';
import { roleSettings } from '../../groups/roles.js';
import { podFormProblems } from '../../validate/pods/pod-forms.js';
import { podIdProblems } from '../../validate/pods/pod-id.js';
import { podProblems } from '../../validate/pods/pod-rules.js';
import { podSchema } from '../../validate/pods/pod-schema.js';
import type { PodJson } from '../../validate/pods/pod-schema.js';
import { readJson } from '../../validate/schema.js';
import { violationsOf } from '../../validate/violations.js';
import type { Problem } from '../../validate/violations.js';
import type { DefinitionOptions } from '../options.js';
import { draftOfPod } from './draft-pod.js';
import type { PodDraft } from './pod-draft.js';
import type { PodUpdate } from './pod-update.js';

export type BuildPodResult =
  { readonly ok: true; readonly draft: PodDraft } | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * The pod that a request asks for: defaults filled in, every rule checked. Broken rules are all reported at once, with Marathon's
 * paths and texts. A pod is always given whole; `current` is the one that it replaces. `id` is the id that the request is about,
 * absolute or relative to `options.base`; the `id` in the update must be absolute and mean the same. Never throws, whatever
 * `update` holds.
 */
export function buildPod(
  current: PodDraft | undefined,
  id: PathId,
  update: PodUpdate,
  options: DefinitionOptions,
): BuildPodResult {
  const { value, problems: shapeProblems } = readJson(podSchema, update);
  if (shapeProblems.length > 0) return { ok: false, violations: violationsOf(shapeProblems) };
  const request = value as PodJson;
  const absoluteId = resolvePathId(id, options.base);
  const draft = draftOfPod(absoluteId, request, options);
  const { allowed } = options.roles ?? roleSettings(absoluteId, undefined, options.mesosRole, current?.role);

  function* problems(): Iterable<Problem> {
    yield* podIdProblems(absoluteId, request.id);
    yield* podFormProblems(request);
    yield* podProblems(draft, { allowedRoles: allowed, features: options.features ?? [], current });
  }
  const violations = violationsOf(problems());
  return violations.length > 0 ? { ok: false, violations } : { ok: true, draft };
}
