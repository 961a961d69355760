import { links } from '../../../router/links.js';
import { commandKindOf, withCommandKind } from '../networking.js';
import type { Form } from './form.js';
import { fieldText } from './form.js';
import { AreaField, NumberField, TextField, TextList } from './inputs.js';

/** What it is called, what it runs, and how much of it. */
export function GeneralTab({ form }: { readonly form: Form }) {
  const kind = commandKindOf(form.app);
  const id = fieldText(form.valueAt(['id']));
  return (
    <>
      <TextField
        form={form}
        path={['id']}
        label="Id"
        placeholder="/group/name"
        readOnly={!form.isNew}
        hint={
          form.isNew ? (
            'Groups are those before the slashes; they are made when they are missing.'
          ) : (
            <>
              An id stays. To have another one, <a href={links.create({ copy: id })}>make a copy</a>.
            </>
          )
        }
      />
      <div class="form-grid">
        <NumberField form={form} path={['instances']} label="Instances" placeholder="1" />
        <NumberField form={form} path={['cpus']} label="CPUs" placeholder="1" hint="Of each instance." />
        <NumberField form={form} path={['mem']} label="Memory (MiB)" placeholder="128" />
        <NumberField form={form} path={['disk']} label="Disk (MiB)" placeholder="0" />
        <NumberField form={form} path={['gpus']} label="GPUs" placeholder="0" />
      </div>
      <fieldset class="choice">
        <legend>What runs</legend>
        <label class="row">
          <input
            type="radio"
            name="command"
            checked={kind === 'cmd'}
            onChange={() => form.change((app) => withCommandKind(app, 'cmd'))}
          />
          A command line, by /bin/sh
        </label>
        <label class="row">
          <input
            type="radio"
            name="command"
            checked={kind === 'args'}
            onChange={() => form.change((app) => withCommandKind(app, 'args'))}
          />
          Arguments, as they are: of the image’s entry point, or a program and what it is given
        </label>
      </fieldset>
      {kind === 'cmd' ? (
        <AreaField
          form={form}
          path={['cmd']}
          label="Command"
          placeholder={'exec python3 -m http.server "$PORT0"'}
          hint="Empty with an image: what the image runs by itself. $PORT0, $PORT1 … are the ports that it was given."
        />
      ) : (
        <TextList form={form} path={['args']} label="Arguments" itemLabel="Argument" add="Add an argument" />
      )}
    </>
  );
}
