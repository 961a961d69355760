import { isObject, memberOf, withValue } from '../json-value.js';
import type { Json, JsonObject, Path } from '../json-value.js';
import type { Form } from './form.js';
import { ChoiceField, Items, JsonField, NumberField, TextField } from './inputs.js';

const kinds = ['hostPath', 'persistent', 'external', 'secret'] as const;
type VolumeKind = (typeof kinds)[number];

const kindTexts: Readonly<Record<VolumeKind, string>> = {
  hostPath: 'A directory of the host',
  persistent: 'Persistent: stays with the instance',
  external: 'External: of a storage system',
  secret: 'A secret, as a file',
};

const beginnings: Readonly<Record<VolumeKind, Json>> = {
  hostPath: '',
  persistent: { size: 100 },
  external: { name: '', provider: 'dvdi', options: { 'dvdi/driver': '' } },
  secret: '',
};

function kindOfVolume(volume: Json | undefined): VolumeKind {
  return kinds.find((kind) => memberOf(volume, kind) !== undefined) ?? 'hostPath';
}

function Volume({ form, path }: { readonly form: Form; readonly path: Path }) {
  const volume = form.valueAt(path);
  const kind = kindOfVolume(volume);
  const choose = (next: VolumeKind): void => {
    const others = Object.fromEntries(
      Object.entries(isObject(volume) ? volume : {}).filter(([name]) => !kinds.some((known) => known === name)),
    );
    form.set(path, { ...others, [next]: beginnings[next] });
  };
  return (
    <>
      <div class="form-grid">
        <label class="field">
          <span>Kind</span>
          <select
            value={kind}
            onChange={(event) => {
              const next = kinds.find((known) => known === event.currentTarget.value);
              if (next !== undefined) choose(next);
            }}
          >
            {kinds.map((known) => (
              <option key={known} value={known}>
                {kindTexts[known]}
              </option>
            ))}
          </select>
        </label>
        <TextField
          form={form}
          path={[...path, 'containerPath']}
          label="Path in the container"
          placeholder={kind === 'persistent' ? 'data' : '/data'}
          hint={kind === 'persistent' ? 'Below the sandbox: a name without slashes.' : undefined}
        />
        {kind === 'secret' ? (
          <TextField form={form} path={[...path, 'secret']} label="Secret" hint="Its name under “secrets”." />
        ) : (
          <ChoiceField
            form={form}
            path={[...path, 'mode']}
            label="Mode"
            options={[
              ['', '–'],
              ['RW', 'RW: read and write'],
              ['RO', 'RO: read only'],
            ]}
          />
        )}
        {kind === 'hostPath' ? (
          <TextField form={form} path={[...path, 'hostPath']} label="Path on the host" placeholder="/srv/data" />
        ) : null}
        {kind === 'persistent' ? (
          <>
            <NumberField form={form} path={[...path, 'persistent', 'size']} label="Size (MiB)" />
            <ChoiceField
              form={form}
              path={[...path, 'persistent', 'type']}
              label="Disk"
              options={[
                ['', 'root (default): the agent’s'],
                ['root', 'root: the agent’s'],
                ['path', 'path: a directory of another disk'],
                ['mount', 'mount: a disk as a whole'],
              ]}
            />
          </>
        ) : null}
      </div>
      {kind === 'external' ? (
        <JsonField form={form} path={[...path, 'external']} label="External volume, as JSON" rows={7} />
      ) : null}
    </>
  );
}

/** What is kept outside of the sandbox. */
export function VolumesTab({ form }: { readonly form: Form }) {
  const path = ['container', 'volumes'];
  const ready: Form = {
    ...form,
    // A volume alone makes a container of Mesos' own
    set: (place, value) =>
      form.change((app) => {
        const based = isObject(memberOf(app, 'container')) ? app : { ...app, container: { type: 'MESOS' } };
        return withValue(based, place, value) as JsonObject;
      }),
  };
  return (
    <>
      <p class="muted">
        A persistent volume binds an instance to its agent: such apps have no over-capacity, and what runs elsewhere
        waits for the data.
      </p>
      <Items
        form={ready}
        path={path}
        name="Volume"
        fresh={{ containerPath: '', hostPath: '', mode: 'RW' }}
        add="Add a volume"
        empty="None: what an instance writes goes with its sandbox."
      >
        {(place) => <Volume form={ready} path={place} />}
      </Items>
    </>
  );
}
