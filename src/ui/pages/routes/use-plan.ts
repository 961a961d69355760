import { useEffect, useState } from 'preact/hooks';
import type { Preview } from '../../api/routing.js';
import type { RuleConfig } from '../../api/rules.js';
import { ApiError, messageOf } from '../../http/api-error.js';
import { edgeRequest } from '../../http/edge-request.js';
import type { EdgeName } from '../../http/edge-request.js';
import { useEdgeView } from './edge-view.js';

/** A rule to be stored or removed, in Bamboo's second form. */
export interface RuleBody {
  readonly id: string;
  readonly config: RuleConfig;
}

export interface Planned {
  /** The newest answer; stays while the next one is waited for. */
  readonly preview: Preview | undefined;
  /** Why there is none. */
  readonly problem: string | undefined;
  /** What is shown is of something else than what is typed now. */
  readonly isPending: boolean;
}

const typingMs = 300;
/** Several may ask for plans at the same time: those that find no place ask again, so many times. */
const maxTries = 4;
const againMs = 1_000;

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Asks a load balancer what a rule would do. Throws ApiError. */
export async function planRule(
  edge: EdgeName,
  body: RuleBody,
  { removes = false, signal }: { readonly removes?: boolean; readonly signal: AbortSignal },
): Promise<Preview> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await edgeRequest<Preview>(edge, 'api/plan', {
        method: 'POST',
        body,
        query: { delete: removes ? true : undefined },
        signal,
        timeoutMs: 60_000,
      });
    } catch (error) {
      const isBusy = error instanceof ApiError && error.status === 503;
      if (!isBusy || tries >= maxTries || signal.aborted) throw error;
      await sleep(againMs, signal);
    }
  }
}

/** The plan of what is typed, asked for once typing pauses; the newest answer counts. undefined: there is nothing to ask about yet. */
export function usePlan(body: RuleBody | undefined, removes = false): Planned {
  const { edge, live } = useEdgeView();
  const [state, setState] = useState<Planned>({
    preview: undefined,
    problem: undefined,
    isPending: body !== undefined,
  });
  const key = JSON.stringify(body ?? null);
  // Where rules or apps change meanwhile, the answer is another one
  const { process, rules } = live.revisions.value ?? { process: '', rules: 0 };
  const isPolled = live.pollMs.value !== undefined;
  useEffect(() => {
    if (body === undefined) {
      setState({ preview: undefined, problem: undefined, isPending: false });
      return;
    }
    const abort = new AbortController();
    setState((before) => ({ ...before, isPending: true }));
    const timer = setTimeout(() => {
      planRule(edge, body, { removes, signal: abort.signal }).then(
        (preview) => abort.signal.aborted || setState({ preview, problem: undefined, isPending: false }),
        (error: unknown) =>
          abort.signal.aborted || setState({ preview: undefined, problem: messageOf(error), isPending: false }),
      );
    }, typingMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [edge, key, removes, isPolled ? '' : `${process}:${rules}`]);
  return state;
}
