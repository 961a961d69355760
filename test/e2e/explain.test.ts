// Why an app waits, and what a change would do: the whole bundle, with what its agent really has.
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';

t.setTimeout(300_000);

interface Explanation {
  readonly reasons: readonly string[];
  readonly suggestions: readonly {
    readonly text: string;
    readonly changes: readonly { readonly field: string; readonly to?: number }[];
  }[];
  readonly ended: readonly { readonly cause: { readonly type: string }; readonly text: string }[];
}

interface Plan {
  readonly agents: { readonly known: boolean; readonly count?: number };
  readonly changes: readonly {
    readonly effect: string;
    readonly placement?: { readonly wanted: number; readonly placed: number; readonly refusing: readonly object[] };
  }[];
}

t.test('a plan before, an explanation after, and a suggestion that helps', async (t) => {
  const bundle = await startBundle(t);
  const plan = async (app: object): Promise<Plan> =>
    JSON.parse((await bundle.api('POST', '/ekiden/v1/plan', { app })).text) as Plan;
  const explain = async (): Promise<Explanation> =>
    JSON.parse((await bundle.api('GET', '/ekiden/v1/explain/big')).text) as Explanation;

  const big = { id: '/big', cmd: 'exec sleep 1000', cpus: 4000, mem: 32 };
  t.match(await plan(big), {
    agents: { known: true, count: 1 },
    changes: [
      {
        effect: 'create',
        placement: {
          wanted: 1,
          placed: 0,
          refusing: [{ refusals: [{ reason: 'InsufficientCpus', amounts: { needed: { cpus: 4000 } } }] }],
        },
      },
    ],
  });
  t.equal((await bundle.api('GET', '/v2/apps/big')).status, 404, 'nothing was done');

  t.equal((await bundle.api('POST', '/v2/apps', big)).status, 201);
  const { reasons, suggestions } = await waitFor('a suggestion', async () => {
    const explanation = await explain();
    if (explanation.suggestions.length === 0) throw new Error(explanation.reasons.join(' '));
    return explanation;
  });
  t.match(suggestions[0]?.text, /^Lowering cpus from 4000 to .* would fit 1 agent/);
  t.ok(
    reasons.some((reason) => /InsufficientCpus, needs 4000 cpus/.test(reason)),
    reasons.join(' '),
  );
  const [lower] = suggestions[0]?.changes ?? [];
  const smaller = { id: '/big', cpus: lower?.to };
  t.match(await plan(smaller), { changes: [{ effect: 'restart', placement: { wanted: 1, placed: 1 } }] });
  t.equal((await bundle.api('PUT', '/v2/apps/big?force=true', { cpus: lower?.to })).status, 200);
  await bundle.waitForDeployments();
  t.equal((await bundle.tasks('/big')).length, 1, 'it fits');

  t.match(
    await plan({ id: '/big', instances: 2 }),
    {
      changes: [{ effect: 'scale', placement: { wanted: 1, placed: 0 } }],
    },
    'what it uses is not free',
  );
  const [task] = await bundle.tasks('/big');
  await bundle.api('DELETE', `/v2/apps/big/tasks/${task?.id ?? ''}`);
  const end = await waitFor('the end', async () => (await explain()).ended[0]);
  t.match(end, { cause: { type: 'requested' }, text: 'it was killed by request' });
});
