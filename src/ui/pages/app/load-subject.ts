import type { AppDetails } from '../../api/app-details.js';
import type { PodStatus } from '../../api/pod-details.js';
import { ApiError } from '../../http/api-error.js';
import { idPath, request } from '../../http/request.js';
import type { Subject } from './subject.js';

const embeds = ['tasks', 'counts', 'deployments', 'lastTaskFailure', 'taskStats', 'readiness']
  .map((name) => `embed=app.${name}`)
  .join('&');

async function loadApp(id: string, signal: AbortSignal): Promise<Subject> {
  const { app } = await request<{ app: AppDetails }>(`v2/apps/${idPath(id)}?${embeds}`, { signal });
  return { kind: 'app', app };
}

async function loadPod(id: string, signal: AbortSignal): Promise<Subject> {
  return { kind: 'pod', pod: await request<PodStatus>(`v2/pods/${idPath(id)}::status`, { signal }) };
}

/** Reads an app or pod. `kind`: what it is known to be. Throws ApiError, with 404 when there is neither. */
export async function loadSubject(id: string, kind: 'app' | 'pod' | undefined, signal: AbortSignal): Promise<Subject> {
  if (kind === 'pod') return loadPod(id, signal);
  try {
    return await loadApp(id, signal);
  } catch (error) {
    if (kind === 'app' || !(error instanceof ApiError) || error.status !== 404) throw error;
    return loadPod(id, signal);
  }
}
