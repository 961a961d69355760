import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import type { Question } from './question.js';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The form of a request that is asked about. */
export function QuestionForm({
  question,
  change,
  submit,
  isFull,
}: {
  readonly question: Question;
  readonly change: (question: Question) => void;
  readonly submit: () => unknown;
  /** With scheme, port, address and name for TLS. */
  readonly isFull: boolean;
}) {
  const text = (name: keyof Question, label: string, placeholder: string, hint?: string) => (
    <Field label={label} hint={hint}>
      {(attributes) => (
        <input
          {...attributes}
          value={question[name]}
          placeholder={placeholder}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => change({ ...question, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <form
      class={isFull ? 'lb-question lb-question-full' : 'lb-question'}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {text('host', 'Host', 'app.example.com')}
      {text('path', 'Path or URL', '/')}
      <Field label="Method">
        {(attributes) => (
          <select
            {...attributes}
            value={question.method === '' ? 'GET' : question.method}
            onChange={(event) => change({ ...question, method: event.currentTarget.value })}
          >
            {methods.map((method) => (
              <option key={method}>{method}</option>
            ))}
          </select>
        )}
      </Field>
      {isFull ? (
        <>
          <Field label="Scheme">
            {(attributes) => (
              <select
                {...attributes}
                value={question.scheme}
                onChange={(event) => change({ ...question, scheme: event.currentTarget.value })}
              >
                <option value="">as the port speaks</option>
                <option>http</option>
                <option>https</option>
              </select>
            )}
          </Field>
          {text('port', 'Port', 'that of HTTP')}
          {text('src', "Client's address", 'not given')}
          {text('sni', 'Name in TLS (SNI)', 'the host')}
        </>
      ) : null}
      <Field label="Headers" hint={isFull ? 'One on each line, Name: value.' : undefined}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={isFull ? 3 : 1}
            placeholder="Name: value"
            spellcheck={false}
            value={question.headers}
            onInput={(event) => change({ ...question, headers: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="lb-question-button">
        <Button type="submit" kind={isFull ? 'primary' : undefined}>
          Try it
        </Button>
      </div>
    </form>
  );
}
