import { isArray } from '../json-value.js';
import type { Path } from '../json-value.js';
import { operators, withConstraintPart } from '../constraints.js';
import type { Form } from './form.js';
import { fieldText } from './form.js';
import { Items, TextField, TextList } from './inputs.js';

function Constraint({ form, path }: { readonly form: Form; readonly path: Path }) {
  const constraint = form.valueAt(path);
  const parts = isArray(constraint) ? constraint : [];
  const [field, operator, value] = parts.map(fieldText);
  const known = operators.find(({ name }) => name === operator);
  const set = (index: number, text: string): void => form.set(path, withConstraintPart(constraint, index, text));
  return (
    <>
      <div class="form-grid">
        <label class="field">
          <span>Field</span>
          <input
            list="constraint-fields"
            value={field ?? ''}
            placeholder="hostname"
            spellcheck={false}
            onInput={(event) => set(0, event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Operator</span>
          <select value={operator ?? ''} onChange={(event) => set(1, event.currentTarget.value)}>
            {known === undefined ? <option value={operator ?? ''}>{operator ?? '–'}</option> : null}
            {operators.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {known?.value === 'none' && (value ?? '') === '' ? null : (
          <label class="field">
            <span>Value{known?.value === 'optional' ? ' (may be empty)' : ''}</span>
            <input value={value ?? ''} spellcheck={false} onInput={(event) => set(2, event.currentTarget.value)} />
          </label>
        )}
      </div>
      <p class="field-hint">{known?.text ?? 'An operator that is not known.'}</p>
    </>
  );
}

/** Where instances may run, and what must run before. */
export function ConstraintsTab({ form }: { readonly form: Form }) {
  return (
    <>
      <section>
        <h3>Constraints</h3>
        <p class="muted">
          The field is <code>hostname</code>, <code>@region</code>, <code>@zone</code> or an attribute of agents; all
          constraints must hold.
        </p>
        <datalist id="constraint-fields">
          <option value="hostname" />
          <option value="@region" />
          <option value="@zone" />
        </datalist>
        <Items
          form={form}
          path={['constraints']}
          name="Constraint"
          fresh={['hostname', 'UNIQUE']}
          add="Add a constraint"
          empty="None: any agent with enough free resources is taken."
        >
          {(path) => <Constraint form={form} path={path} />}
        </Items>
      </section>
      <TextList
        form={form}
        path={['dependencies']}
        label="Dependencies"
        itemLabel="Dependency"
        hint="Applications, pods and groups that must be up before this one is started."
        placeholder="/prod/database"
        add="Add a dependency"
      />
      <TextList
        form={form}
        path={['acceptedResourceRoles']}
        label="Accepted resource roles"
        itemLabel="Role"
        hint="Of which roles’ resources it takes: * for those of nobody. None: as the scheduler is set."
        placeholder="*"
        add="Add a role"
      />
      <TextField
        form={form}
        path={['role']}
        label="Role"
        hint="On whose behalf Mesos offers resources for it. Empty: the scheduler’s own."
      />
    </>
  );
}
