import { useEffect, useRef, useState } from 'preact/hooks';
import { withForce } from '../../actions/forced.js';
import type { ChangePlan } from '../../api/plan.js';
import { Button } from '../../components/button.js';
import { confirm } from '../../components/ask.js';
import { Notice } from '../../components/notice.js';
import { TextEditor } from '../../components/text-editor.js';
import { say } from '../../components/toast.js';
import { ApiError } from '../../http/api-error.js';
import type { ErrorDetail } from '../../http/api-error.js';
import { request } from '../../http/request.js';
import { links } from '../../router/links.js';
import { askBeforeLeaving, go, place, setQuery } from '../../router/place.js';
import { appNow, isComplete } from '../../stores/overview.js';
import { AppForm } from './app-form.js';
import { ChangedMeanwhile } from './changed-meanwhile.js';
import { checkApp, wrongKind } from './checks.js';
import { draftOf, firstWrongTab, stillWrong, withText } from './draft.js';
import type { Draft } from './draft.js';
import { fieldErrors } from './fields.js';
import type { TabId } from './fields.js';
import { equalJson, isObject, memberOf } from './json-value.js';
import type { Json } from './json-value.js';
import { absoluteId, kindOf, kindText, requestOf } from './kinds.js';
import { PlanStep } from './plan-step.js';
import { problemText } from './problem-text.js';
import { rebase } from './rebase.js';
import type { Start } from './start.js';
import { StartFrom } from './start-from.js';
import { Version } from './version-note.js';

type View = 'form' | 'json' | 'both';
const views: readonly (readonly [View, string])[] = [
  ['form', 'Form'],
  ['both', 'Both'],
  ['json', 'JSON'],
];

function shownView(): View {
  const { mode } = place.value.query;
  return mode === 'json' || mode === 'both' ? mode : 'form';
}

/** Where one goes when a definition was applied. */
function leaveTo(value: Json): void {
  const id = memberOf(value, 'id');
  const name = typeof id === 'string' ? absoluteId(id) : undefined;
  const kind = kindOf(value);
  if (name === undefined || kind === 'apps') go(['deployments']);
  else if (kind === 'group') go(name === '/' ? ['apps'] : ['group', name]);
  else go(['apps', name]);
}

function Rest({ errors }: { readonly errors: readonly ErrorDetail[] }) {
  if (errors.length === 0) return null;
  return (
    <Notice level="bad" title="This has to be mended first">
      <ul>
        {errors.flatMap(({ path, errors: texts }) =>
          texts.map((text) => (
            <li key={`${path} ${text}`}>
              {path === '/' ? null : <code>{path}</code>} {text}
            </li>
          )),
        )}
      </ul>
    </Notice>
  );
}

/** Edits a definition as a form and as JSON, shows what it would do, applies it. `onReload`: to begin anew with what there is. */
export function Editor({ start: given, onReload }: { readonly start: Start; readonly onReload: () => void }) {
  const [start, setStart] = useState(given);
  const { target, current } = start;
  const [draft, setDraft] = useState<Draft>(() => draftOf(start.definition));
  const [answered, setAnswered] = useState<readonly ErrorDetail[]>([]);
  const [isFinal, setFinal] = useState(false);
  const [tab, setTab] = useState<TabId>('general');
  const [plan, setPlan] = useState<ChangePlan>();
  const [problem, setProblem] = useState<string>();
  const [conflicts, setConflicts] = useState<readonly string[]>([]);
  const root = useRef<HTMLFormElement>(null);
  const [attempt, setAttempt] = useState(0);

  const kind = kindOf(draft.value);
  const app = kind === 'app' && isObject(draft.value) ? draft.value : undefined;
  const view = app === undefined ? 'json' : shownView();
  const isDirty = draft.mistake !== undefined || !equalJson(draft.value, start.definition);
  const id = memberOf(draft.value, 'id');
  const taken =
    isFinal && target.mode === 'create' && kind !== 'group' && typeof id === 'string' && appNow(absoluteId(id))
      ? [{ path: '/id', errors: ['is taken: there is such an application or pod already'] }]
      : [];
  const checked = app === undefined ? [] : checkApp(app, target, isFinal);
  const errors = fieldErrors([...checked, ...taken, ...answered]);
  const kindProblem = draft.mistake === undefined ? wrongKind(draft.value, target) : undefined;

  const release = useRef<() => void>(() => undefined);
  useEffect(() => {
    if (!isDirty) return;
    const free = askBeforeLeaving(() =>
      confirm({
        title: 'Leave without applying?',
        text: <p>What was changed here is not applied, and would be lost.</p>,
        action: 'Leave',
        danger: true,
      }),
    );
    const unload = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', unload);
    release.current = () => {
      free();
      window.removeEventListener('beforeunload', unload);
    };
    return () => release.current();
  }, [isDirty]);

  // After a refusal the first field that is wrong is where one goes on
  useEffect(() => {
    if (attempt > 0) root.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [attempt]);

  const edited = (next: Draft): void => {
    setAnswered(stillWrong(answered, draft.value, next.value));
    setDraft(next);
    setProblem(undefined);
  };
  const refused = (details: readonly ErrorDetail[]): void => {
    const wrong = firstWrongTab([...details, ...taken]);
    if (wrong !== undefined) setTab(wrong);
    setAttempt((n) => n + 1);
  };
  const answer = (error: unknown): void => {
    if (error instanceof ApiError && error.details.length > 0) {
      setPlan(undefined);
      setAnswered(error.details);
      refused(error.details);
    } else setProblem(problemText(error));
  };

  const review = async (): Promise<void> => {
    setFinal(true);
    setProblem(undefined);
    setAnswered([]);
    const wanted = requestOf(draft.value, target);
    if (draft.mistake !== undefined || kindProblem !== undefined || wanted === undefined) {
      setAttempt((n) => n + 1);
      return;
    }
    const wrong = app === undefined ? [] : checkApp(app, target, true);
    if (wrong.length > 0) {
      refused(wrong);
      return;
    }
    const exists = target.mode === 'create' && kind !== 'group' && typeof id === 'string' && appNow(absoluteId(id));
    if (exists) {
      refused([{ path: '/id', errors: [] }]);
      return;
    }
    try {
      setPlan(
        await request<ChangePlan>('ekiden/v1/plan', {
          method: 'POST',
          query: wanted.query,
          body: wanted.plan,
          timeoutMs: 60_000,
        }),
      );
    } catch (error) {
      answer(error);
    }
  };

  const apply = async (): Promise<void> => {
    const wanted = requestOf(draft.value, target);
    if (wanted === undefined) return;
    const { method, path, query, body } = wanted;
    setProblem(undefined);
    try {
      const done = await withForce(async (force) => {
        await request(path, { method, query: { ...query, force: force ? true : undefined }, body, timeoutMs: 60_000 });
        return true;
      });
      if (done === undefined) return;
    } catch (error) {
      answer(error);
      return;
    }
    release.current();
    say('good', target.mode === 'create' && kind !== 'apps' ? 'It is being deployed' : 'The change is being deployed');
    leaveTo(target.mode === 'edit' ? { id: target.id } : draft.value);
  };

  const now = target.mode === 'edit' ? appNow(target.id) : undefined;
  const meanwhile =
    target.mode === 'edit' && current !== undefined && isComplete.value && now?.version !== current.version ? (
      now === undefined ? (
        <Notice level="warning" title={`${target.id} was deleted meanwhile`}>
          To apply what is here would create it again.
        </Notice>
      ) : (
        <ChangedMeanwhile
          id={target.id}
          kind={target.kind}
          base={current.definition}
          version={now.version}
          onRebase={(definition, version) => {
            const rebased = rebase(current.definition, draft.value, definition);
            setStart({ ...start, definition, current: { definition, version }, older: undefined });
            setDraft(draftOf(rebased.value ?? null));
            setConflicts(rebased.conflicts);
            setPlan(undefined);
          }}
          onDrop={() => {
            release.current();
            onReload();
          }}
        />
      )
    ) : null;

  const title = target.mode === 'edit' ? `Edit ${target.id}` : 'New application';
  if (plan !== undefined) {
    const name = target.mode === 'edit' ? target.id : typeof id === 'string' ? absoluteId(id) : 'these applications';
    return (
      <div class="edit">
        {meanwhile}
        <PlanStep
          title={`What would become of ${name}`}
          plan={plan}
          before={current?.definition}
          after={draft.value}
          problem={problem}
          onApply={apply}
          onBack={() => {
            setPlan(undefined);
            setProblem(undefined);
          }}
        />
      </div>
    );
  }

  return (
    <form
      class="edit"
      ref={root}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void review();
      }}
    >
      <div class="row spread">
        <h1>{title}</h1>
        <div class="row">
          <Button kind="primary" onClick={review}>
            Review the change
          </Button>
          <a class="button" href={target.mode === 'edit' ? links.app(target.id) : links.applications()}>
            Cancel
          </a>
        </div>
      </div>
      <div class="row spread edit-tools">
        {target.mode === 'create' ? (
          <StartFrom isDirty={isDirty} onChoose={() => release.current()} />
        ) : (
          <Version start={start} />
        )}
        <div class="segments" role="group" aria-label="How it is edited">
          {views.map(([value, text]) => (
            <button
              key={value}
              type="button"
              aria-pressed={view === value}
              disabled={app === undefined && value !== 'json'}
              onClick={() => setQuery({ mode: value === 'form' ? undefined : value })}
            >
              {text}
            </button>
          ))}
        </div>
      </div>
      {meanwhile}
      {conflicts.length === 0 ? null : (
        <Notice level="warning" title="Both have changed the same">
          <p>Here stands what was changed here, not by the other: {conflicts.join(', ')}.</p>
        </Notice>
      )}
      {problem === undefined ? null : <Notice level="bad">{problem}</Notice>}
      {kindProblem === undefined ? null : <Notice level="bad">{kindProblem}</Notice>}
      <Rest errors={errors.others} />
      <div class={`edit-panes edit-${view}`}>
        {view === 'json' || app === undefined ? null : (
          <div class="edit-form">
            {draft.mistake === undefined ? null : (
              <Notice level="warning">The JSON has a mistake: the form waits until it is mended.</Notice>
            )}
            <AppForm
              app={app}
              isNew={target.mode === 'create'}
              errors={errors}
              tab={tab}
              onTab={setTab}
              onChange={(value) => edited(draftOf(value))}
              isDisabled={draft.mistake !== undefined}
            />
          </div>
        )}
        {view === 'form' ? null : (
          <div class="edit-json">
            <TextEditor
              label="Definition as JSON"
              value={draft.text}
              mark={draft.mistake}
              describedBy="json-says"
              rows={view === 'json' ? 30 : 36}
              onInput={(text) => edited(withText(draft, text))}
            />
            <div id="json-says">
              {draft.mistake === undefined ? (
                <p class="muted">{kindText(draft.value, target)}</p>
              ) : (
                <p class="field-error" role="alert">
                  Line {draft.mistake.line}, column {draft.mistake.column}: {draft.mistake.text}.
                </p>
              )}
              {view === 'json' && app !== undefined && errors.byField.size > 0 ? (
                <ul>
                  {[...errors.byField].flatMap(([field, texts]) =>
                    texts.map((text) => (
                      <li key={`${field} ${text}`} class="field-error">
                        <code>{field}</code> {text}
                      </li>
                    )),
                  )}
                </ul>
              ) : null}
              <p class="muted">Tab indents; Escape, then Tab leaves the text.</p>
            </div>
          </div>
        )}
      </div>
    </form>
  );
}
