import { useEffect, useId, useState } from 'preact/hooks';
import type { DnsRecords } from '../../api/dns.js';
import { Button } from '../../components/button.js';
import { edgeRequest } from '../../http/edge-request.js';
import { useDebounced } from '../../live/use-debounced.js';
import { useLoaded } from '../../live/use-loaded.js';
import { go } from '../../router/place.js';
import { links } from '../../router/links.js';
import { namesToBeginWith, questionTypes, usualType } from './names.js';
import type { QuestionType } from './names.js';

const maxSuggested = 8;

/** A name and a type to be asked for; suggests names that there are. */
export function NameForm({
  edge,
  name,
  type,
}: {
  readonly edge: string;
  readonly name: string;
  readonly type: QuestionType;
}) {
  const [text, setText] = useState(name);
  const [wanted, setWanted] = useState<QuestionType | undefined>();
  useEffect(() => {
    setText(name);
    setWanted(undefined);
  }, [name, type]);
  const id = useId();
  const filter = useDebounced(text.trim().toLowerCase());
  const found = useLoaded<DnsRecords>(
    (signal) => edgeRequest(edge, 'ekiden/v1/records', { query: { filter, limit: filter === '' ? 300 : 20 }, signal }),
    [edge, filter],
  );
  const names = found.data?.names ?? [];
  const chosen = wanted ?? (text === name ? type : usualType(text.trim()));
  const submit = (): void => {
    const asked = text.trim().replace(/\.$/, '');
    if (asked !== '') go(['dns', asked], { type: chosen === usualType(asked) ? undefined : chosen, edge });
  };
  const first = filter === '' && name === '' ? namesToBeginWith(names, undefined, maxSuggested) : [];
  return (
    <>
      <form
        class="row name-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <input
          type="search"
          class="mono"
          aria-label="Name"
          placeholder="web.marathon.mesos"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          list={id}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <datalist id={id}>
          {names.map((one) => (
            <option key={one.name} value={one.name} />
          ))}
        </datalist>
        <select
          aria-label="Type"
          value={chosen}
          onChange={(event) => setWanted(questionTypes.find((one) => one === event.currentTarget.value))}
        >
          {questionTypes.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <Button kind="primary" type="submit" disabled={text.trim() === ''}>
          Look up
        </Button>
      </form>
      {first.length === 0 ? null : (
        <p class="row begin-with">
          <span class="muted">For example</span>
          {first.map((one) => (
            <a key={one} class="mono" href={links.dns(one)}>
              {one}
            </a>
          ))}
        </p>
      )}
    </>
  );
}
