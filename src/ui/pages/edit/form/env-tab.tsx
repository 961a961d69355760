import { isObject, memberOf } from '../json-value.js';
import type { Json } from '../json-value.js';
import type { Form } from './form.js';
import { fieldText } from './form.js';
import { KeyValueList } from './key-value-list.js';

/** A value that is not a text: the name of a secret, or where a secret is from. */
function memberField(name: string, words: string) {
  return function Draw(value: Json, set: (value: Json) => void, label: string) {
    if (!isObject(value)) return undefined;
    return (
      <span class="pair-value">
        <span class="muted">{words}</span>
        <input
          class="mono"
          aria-label={`${label}, ${words}`}
          value={fieldText(memberOf(value, name))}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => set({ ...value, [name]: event.currentTarget.value })}
        />
      </span>
    );
  };
}

/** Variables of the environment. */
export function EnvTab({ form }: { readonly form: Form }) {
  const secrets = form.valueAt(['secrets']);
  const hasSecrets = isObject(secrets) && Object.keys(secrets).length > 0;
  return (
    <>
      <p class="muted">
        Lines of <code>NAME=value</code> can be pasted into a name, any number at once.
      </p>
      <KeyValueList
        form={form}
        path={['env']}
        label="Variables"
        keyLabel="Variable"
        add="Add a variable"
        keyPlaceholder="NAME"
        draw={memberField('secret', 'secret')}
      />
      {hasSecrets ? (
        <KeyValueList
          form={form}
          path={['secrets']}
          label="Secrets"
          keyLabel="Secret"
          valueLabel="Source"
          add="Add a secret"
          draw={memberField('source', 'source')}
          fresh={{ source: '' }}
        />
      ) : null}
    </>
  );
}
