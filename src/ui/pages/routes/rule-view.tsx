import { useRef, useState } from 'preact/hooks';
import type { Explanation } from '../../api/routing.js';
import type { ShownRule } from '../../api/rules.js';
import { Button, ButtonLink } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { say } from '../../components/toast.js';
import { messageOf } from '../../http/api-error.js';
import { edgeRequest } from '../../http/edge-request.js';
import { place } from '../../router/place.js';
import { AclHelper } from './acl-helper.js';
import { refusedPart } from './acl-builder.js';
import { useEdgeView } from './edge-view.js';
import { ExplanationView } from './explanation-view.js';
import { PlanView } from './plan-view.js';
import { exampleText } from './plan-words.js';
import { Reading } from './problem.js';
import { emptyQuestion, explainPath, isAsked } from './question.js';
import { QuestionForm } from './question-form.js';
import { deleteRule } from './rule-actions.js';
import { bodyOf, draftOf, emptyDraft } from './rule-config.js';
import type { RuleDraft } from './rule-config.js';
import { useKnownApps, useRules } from './use-edge.js';
import { usePlan } from './use-plan.js';
import type { Planned } from './use-plan.js';

/** The test as it is typed, with the part of it marked that is refused. */
function RefusedAcl({ acl, reason }: { readonly acl: string; readonly reason: string }) {
  const part = refusedPart(acl, reason);
  if (part === undefined) return null;
  return (
    <p class="mono wrap refused-acl">
      {acl.slice(0, part.from)}
      <mark>{acl.slice(part.from, part.to)}</mark>
      {acl.slice(part.to)}
    </p>
  );
}

/** Asks what becomes of a request, beside what the plan says. */
function TryLine({ planned }: { readonly planned: Planned }) {
  const { edge } = useEdgeView();
  const [question, change] = useState(emptyQuestion);
  const [answer, setAnswer] = useState<Explanation>();
  const [problem, setProblem] = useState<string>();
  const submit = async (): Promise<void> => {
    setProblem(undefined);
    if (!isAsked(question)) {
      setProblem('Which request? Give a host or a path.');
      return;
    }
    try {
      setAnswer(await edgeRequest<Explanation>(edge, explainPath(question)));
    } catch (error) {
      setAnswer(undefined);
      setProblem(messageOf(error));
    }
  };
  const asked = `${question.host.trim()}${question.path.trim() === '' ? '/' : question.path.trim()}`;
  const examples = planned.preview?.routes.flatMap(({ example }) => (example === null ? [] : [example])) ?? [];
  const same = examples.find((example) => exampleText(example) === asked);
  return (
    <section class="panel">
      <h2>Try a request</h2>
      <QuestionForm isFull={false} question={question} change={change} submit={submit} />
      <div aria-live="polite">
        {problem === undefined ? null : <Notice level="bad">{problem}</Notice>}
        {answer === undefined ? null : (
          <>
            <h3>Now</h3>
            <ExplanationView isBrief explanation={answer} />
            <h3>After saving</h3>
            <p>
              {same !== undefined
                ? same.after === null
                  ? 'Nobody takes it: 503.'
                  : `It is taken by ${same.after}.`
                : (planned.preview?.routes.length ?? 0) === 0
                  ? 'The plan changes no route: the same.'
                  : 'The plan says which routes come, go and change, each with an example of a request.'}
            </p>
          </>
        )}
      </div>
    </section>
  );
}

function Editor({ rule, id: givenId }: { readonly rule: ShownRule | undefined; readonly id: string }) {
  const { edge, href } = useEdgeView();
  const apps = useKnownApps();
  const [draft, setDraft] = useState<RuleDraft>(() =>
    rule === undefined ? { ...emptyDraft, id: givenId } : draftOf(rule),
  );
  const [error, setError] = useState<string>();
  const [seen] = useState(rule);
  const aclInput = useRef<HTMLTextAreaElement>(null);
  const change = (part: Partial<RuleDraft>): void => {
    setError(undefined);
    setDraft({ ...draft, ...part });
  };
  const isComplete = draft.id.trim() !== '' && draft.acl.trim() !== '';
  const body = bodyOf(draft, rule?.config);
  const planned = usePlan(isComplete ? body : undefined);
  const { preview, problem, isPending } = planned;
  const refused = isPending ? undefined : preview?.refusals.find(({ stage }) => stage === 'rule')?.reason;
  const isKnown = apps.data?.some(({ id }) => id === `/${draft.id.trim().replace(/^\/+/, '')}`) !== false;

  const save = async (): Promise<void> => {
    setError(undefined);
    try {
      await edgeRequest(edge, 'api/services', { method: rule === undefined ? 'POST' : 'PUT', body });
      say('good', `The rule of ${body.id} was saved`);
      location.hash = href('main');
    } catch (failure) {
      setError(messageOf(failure));
    }
  };

  return (
    <>
      <h2 class="wrap">{rule === undefined ? 'New rule' : `Rule of ${rule.id}`}</h2>
      <div class="rule-editor">
        <form
          class="panel"
          onSubmit={(event) => {
            event.preventDefault();
          }}
        >
          <Field
            label="App (Marathon ID)"
            hint={
              rule !== undefined
                ? 'A rule keeps its id.'
                : draft.id.trim() !== '' && !isKnown && draft.servers.trim() === ''
                  ? 'There is no such app yet: the rule waits for it.'
                  : 'With fixed servers it may be any id.'
            }
          >
            {(attributes) => (
              <>
                <input
                  {...attributes}
                  list="known-apps"
                  value={draft.id}
                  readOnly={rule !== undefined}
                  spellcheck={false}
                  autocomplete="off"
                  placeholder="/ghost"
                  onInput={(event) => change({ id: event.currentTarget.value })}
                />
                <datalist id="known-apps">
                  {apps.data?.map(({ id }) => (
                    <option key={id} value={id} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
          <Field
            label="ACL"
            hint={
              <>
                One test of HAProxy's, without <code>acl name</code>; several patterns are alternatives.
              </>
            }
            errors={refused === undefined ? [] : [refused]}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                ref={aclInput}
                rows={2}
                value={draft.acl}
                spellcheck={false}
                placeholder="hdr(host) -i app.example.com"
                onInput={(event) => change({ acl: event.currentTarget.value.replaceAll('\n', ' ') })}
              />
            )}
          </Field>
          {refused === undefined ? null : <RefusedAcl acl={draft.acl} reason={refused} />}
          <AclHelper
            use={(acl) => {
              change({ acl });
              aclInput.current?.focus();
            }}
          />
          <div class="rule-settings">
            <Field label="Priority" hint="The higher goes first; empty: 0.">
              {(attributes) => (
                <input
                  {...attributes}
                  type="number"
                  step={1}
                  min={-1_000_000}
                  max={1_000_000}
                  value={draft.priority}
                  placeholder="0"
                  onInput={(event) => change({ priority: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field label="Port of the app" hint="Its index; empty: the first TCP port.">
              {(attributes) => (
                <input
                  {...attributes}
                  type="number"
                  step={1}
                  min={0}
                  max={99}
                  value={draft.port}
                  placeholder="first"
                  onInput={(event) => change({ port: event.currentTarget.value })}
                />
              )}
            </Field>
          </div>
          <Field
            label="Fixed servers"
            hint="address:port, one on each line: they get the requests instead of the app's instances."
          >
            {(attributes) => (
              <textarea
                {...attributes}
                rows={2}
                value={draft.servers}
                spellcheck={false}
                placeholder="10.0.0.7:8080"
                onInput={(event) => change({ servers: event.currentTarget.value })}
              />
            )}
          </Field>
          {rule === undefined || JSON.stringify(seen?.config) === JSON.stringify(rule.config) ? null : (
            <Notice level="warning" title="The rule has been changed since this page was opened">
              Saving replaces what it is now: <code class="wrap">{rule.acl}</code>
            </Notice>
          )}
          {error === undefined ? null : (
            <Notice level="bad" title="The rule was not saved">
              {error}
            </Notice>
          )}
          <div class="row">
            <Button kind="primary" disabled={!isComplete} onClick={save}>
              Save
            </Button>
            <ButtonLink href={href('main')}>Cancel</ButtonLink>
            {rule === undefined ? null : (
              <Button
                kind="danger"
                onClick={async () => {
                  if (await deleteRule(edge, rule)) location.hash = href('main');
                }}
              >
                Delete
              </Button>
            )}
          </div>
        </form>
        <div class="rule-outcome">
          <section class="panel" aria-busy={isPending} aria-label="Plan">
            <div role="status" class="row spread">
              <h2>What it would do</h2>
              {isPending && isComplete ? <span class="muted">Planning …</span> : null}
            </div>
            {problem !== undefined ? (
              <Notice level="bad" title="There is no plan">
                {problem}
              </Notice>
            ) : preview !== undefined ? (
              <PlanView preview={preview} />
            ) : isComplete ? (
              <Loading what="the plan" />
            ) : (
              <p class="muted">Give an app and a test: what they would do is shown here while you type.</p>
            )}
          </section>
          <TryLine planned={planned} />
        </div>
      </div>
    </>
  );
}

/** A rule: a new one, or one that is there (`id` in the address), with its plan beside it while it is typed. */
export function RuleView() {
  const { id = '' } = place.value.query;
  const rules = useRules();
  const rule = rules.data?.rules.find((one) => one.id === id);
  if (rules.data === undefined) return <Reading loaded={rules} what="the rules" />;
  return <Editor key={`${id} ${rule === undefined ? 'new' : 'known'}`} id={id} rule={rule} />;
}
