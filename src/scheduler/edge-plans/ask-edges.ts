import type { EdgeRole, EdgeState } from '../../catalog/edges.js';
import type { CatalogChange } from '../../catalog/types.js';
import { messageOf } from '../../common/errors.js';
import { createHttpClient } from '../../common/http-client.js';
import type { HttpClient, HttpResponse } from '../../common/http-client.js';
import { edgeUrl } from '../edge-forward/edge-url.js';

/** What an edge says that a change would do to it, or why it does not say. */
export type EdgePlan = { readonly edge: string; readonly role: EdgeRole } & (
  { readonly plan: object } | { readonly error: string }
);

const timeoutMs = 2_000;
/** The text difference of an edge is bounded; its answer is some hundred kilobytes at most. */
const maxAnswerBytes = 2 << 20;
/** More edges than this are not asked at a time; the others are told to be left out. */
const maxAsked = 100;
const maxErrorLength = 500;

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The words of an error: `message` of a JSON body; nothing else of what somebody else has written is passed on. */
function errorText({ status, body }: HttpResponse, url: string): string {
  if (status === 401 || status === 403) {
    return `it answers ${status}: it asks for a password (--lb_credentials); ask it yourself: POST ${url}`;
  }
  if (status >= 300 && status < 400) return `it answers ${status}: redirects are not followed`;
  const answer = parsed(body);
  const message =
    answer !== undefined && 'message' in answer && typeof answer.message === 'string' ? answer.message : '';
  return `it answers ${status}${message === '' ? '' : `: ${message}`}`.slice(0, maxErrorLength);
}

/** Asks edges what a change of the catalog would do to them. */
export interface EdgePlans {
  /** Answers within two seconds, whatever the edges do; in the order of the edges. Only those that are live are asked. */
  ask(edges: readonly EdgeState[], change: CatalogChange): Promise<readonly EdgePlan[]>;
  close(): Promise<void>;
}

async function askOne(client: HttpClient, { edge, role, apiUrl }: EdgeState, body: string): Promise<EdgePlan> {
  if (apiUrl === undefined) return { edge, role, error: 'it has not said where its API is' };
  const url = edgeUrl(apiUrl, 'ekiden/v1/plan');
  try {
    const answer = await client.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.status !== 200) return { edge, role, error: errorText(answer, url) };
    const plan = parsed(answer.body);
    return plan === undefined ? { edge, role, error: 'its answer is not a plan' } : { edge, role, plan };
  } catch (error) {
    return { edge, role, error: `it does not answer: ${messageOf(error)}`.slice(0, maxErrorLength) };
  }
}

/**
 * Opens what asks. Only addresses that an edge has announced over its stream are asked, with this one request; no credentials are sent, no
 * redirect is followed, and of an answer only a JSON object is passed on.
 */
export function openEdgePlans(): EdgePlans {
  const client = createHttpClient({ timeoutMs, connections: 2, maxBodyBytes: maxAnswerBytes });
  return {
    async ask(edges, change) {
      const live = edges.filter(({ isLive }) => isLive);
      const body = JSON.stringify(change);
      const asked = await Promise.all(live.slice(0, maxAsked).map((edge) => askOne(client, edge, body)));
      const others = live.slice(maxAsked).map(({ edge, role }) => ({
        edge,
        role,
        error: `it was not asked: at most ${maxAsked} edges are`,
      }));
      return [...asked, ...others];
    },
    close: () => client.close(),
  };
}
