import { isArray, memberOf } from '../json-value.js';
import { engineOf, withEngine, withNetworkMode } from '../networking.js';
import type { Engine } from '../networking.js';
import { networkMode } from '../old-forms.js';
import type { NetworkMode } from '../old-forms.js';
import type { Form } from './form.js';
import { Errors, FlagField, Items, TextField } from './inputs.js';

const engines: readonly (readonly [Engine, string])[] = [
  ['none', 'No image: the command runs in the sandbox of its task'],
  ['docker', 'An image, run by Docker'],
  ['mesos', 'An image, run by Mesos itself'],
];

const modes: readonly (readonly [NetworkMode, string, string])[] = [
  ['host', 'The host’s:', 'instances listen on ports of the agent that they are given.'],
  ['container/bridge', 'A bridge:', 'instances listen on any port inside; ports of the agent lead there.'],
  [
    'container',
    'A network of its own:',
    'instances have addresses of their own in a network that the agents know by name.',
  ],
];

const docker = ['container', 'docker'] as const;

/** What it runs in, and how it is reached. */
export function DockerTab({ form }: { readonly form: Form }) {
  const engine = engineOf(form.app);
  const mode = networkMode(form.app);
  const parameters = form.valueAt([...docker, 'parameters']);
  const hasParameters = isArray(parameters) && parameters.length > 0;
  return (
    <>
      <fieldset class="choice">
        <legend>Container</legend>
        {engines.map(([value, text]) => (
          <label key={value} class="row">
            <input
              type="radio"
              name="engine"
              checked={engine === value}
              onChange={() => form.change((app) => withEngine(app, value))}
            />
            {text}
          </label>
        ))}
        <Errors texts={[...form.errorsAt(['container']), ...form.errorsAt(docker)]} />
      </fieldset>
      {engine === 'none' ? null : (
        <>
          <TextField
            form={form}
            path={[...docker, 'image']}
            label="Image"
            placeholder="registry.example.com/name:tag"
          />
          <FlagField
            form={form}
            path={[...docker, 'forcePullImage']}
            label="Pull the image before each start"
            hint="Otherwise an agent that has it takes what it has."
          />
          {engine === 'docker' || memberOf(form.valueAt(docker), 'privileged') !== undefined ? (
            <FlagField
              form={form}
              path={[...docker, 'privileged']}
              label="Privileged"
              hint="What runs inside may do to the host what root may."
            />
          ) : null}
          <Errors texts={form.errorsAt([...docker, 'pullConfig'])} />
          {engine === 'docker' || hasParameters ? (
            <section>
              <h3>Parameters of docker run</h3>
              <Items
                form={form}
                path={[...docker, 'parameters']}
                name="Parameter"
                fresh={{ key: '', value: '' }}
                add="Add a parameter"
                empty="None."
              >
                {(path) => (
                  <div class="form-grid">
                    <TextField
                      form={form}
                      path={[...path, 'key']}
                      label="Option, without dashes"
                      placeholder="hostname"
                    />
                    <TextField form={form} path={[...path, 'value']} label="Value" />
                  </div>
                )}
              </Items>
            </section>
          ) : null}
        </>
      )}
      <fieldset class="choice">
        <legend>Network</legend>
        {modes.map(([value, text, more]) => (
          <label key={value} class="row">
            <input
              type="radio"
              name="network"
              checked={mode === value}
              onChange={() => form.change((app) => withNetworkMode(app, value))}
            />
            <span>
              {text} <span class="muted">{more}</span>
            </span>
          </label>
        ))}
        <Errors texts={form.errorsAt(['networks'])} />
      </fieldset>
      {mode === 'container' ? (
        <Items
          form={form}
          path={['networks']}
          name="Network"
          fresh={{ mode: 'container', name: '' }}
          add="Add a network"
          empty="None."
        >
          {(path) => (
            <TextField
              form={form}
              path={[...path, 'name']}
              label="Name"
              hint="Empty: that of --default_network_name."
            />
          )}
        </Items>
      ) : null}
    </>
  );
}
