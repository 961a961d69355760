import { memberOf } from '../json-value.js';
import type { Path } from '../json-value.js';
import { portsPath } from '../networking.js';
import { networkMode } from '../old-forms.js';
import type { Form } from './form.js';
import { ChoiceField, FlagField, Items, NumberField, TextField } from './inputs.js';
import { KeyValueList } from './key-value-list.js';

const protocols = [
  ['', 'TCP (default)'],
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['udp,tcp', 'UDP and TCP'],
] as const;

function Labels({ form, path }: { readonly form: Form; readonly path: Path }) {
  const count = Object.keys(Object(form.valueAt([...path, 'labels'])) as object).length;
  return (
    <details open={form.errorsAt([...path, 'labels']).length > 0}>
      <summary>Labels ({count})</summary>
      <KeyValueList
        form={form}
        path={[...path, 'labels']}
        label="Labels of the port"
        keyLabel="Label"
        add="Add a label"
      />
    </details>
  );
}

function HostPorts({ form }: { readonly form: Form }) {
  const isFixed = form.valueAt(['requirePorts']) === true;
  return (
    <>
      <FlagField
        form={form}
        path={['requirePorts']}
        label="Take exactly these ports on the host"
        hint="Otherwise each instance gets any free ones, in $PORT0, $PORT1 …, and the numbers below are service ports, which load balancers use."
      />
      <Items
        form={form}
        path={['portDefinitions']}
        name="Port"
        title={(index) => `$PORT${index}`}
        fresh={{ port: 0, protocol: 'tcp' }}
        add="Add a port"
        empty={
          form.valueAt(['portDefinitions']) === undefined
            ? 'None are given: each instance gets one port, $PORT0.'
            : 'None: instances get no ports.'
        }
      >
        {(path) => (
          <>
            <div class="form-grid">
              <TextField form={form} path={[...path, 'name']} label="Name" placeholder="http" />
              <NumberField
                form={form}
                path={[...path, 'port']}
                label={isFixed ? 'Host port' : 'Service port'}
                placeholder="0"
                hint={isFixed ? undefined : '0: any that is free.'}
              />
              <ChoiceField form={form} path={[...path, 'protocol']} label="Protocol" options={protocols} />
            </div>
            <Labels form={form} path={path} />
          </>
        )}
      </Items>
    </>
  );
}

function ContainerPorts({ form }: { readonly form: Form }) {
  return (
    <Items
      form={form}
      path={portsPath('container')}
      name="Port"
      title={(index) => `$PORT${index}`}
      fresh={{ containerPort: 0, hostPort: 0, protocol: 'tcp' }}
      add="Add a port"
      empty={
        memberOf(form.valueAt(['container']), 'portMappings') === undefined
          ? 'None are given: the container gets one port.'
          : 'None: the container gets no ports.'
      }
    >
      {(path) => (
        <>
          <div class="form-grid">
            <TextField form={form} path={[...path, 'name']} label="Name" placeholder="http" />
            <NumberField
              form={form}
              path={[...path, 'containerPort']}
              label="Container port"
              placeholder="0"
              hint="0: the same as on the host."
            />
            <NumberField
              form={form}
              path={[...path, 'hostPort']}
              label="Host port"
              placeholder={networkMode(form.app) === 'container' ? 'none' : '0'}
              hint="0: any that is free."
            />
            <NumberField
              form={form}
              path={[...path, 'servicePort']}
              label="Service port"
              placeholder="0"
              hint="For load balancers. 0: any."
            />
            <ChoiceField form={form} path={[...path, 'protocol']} label="Protocol" options={protocols} />
          </div>
          <Labels form={form} path={path} />
        </>
      )}
    </Items>
  );
}

/** Which ports instances get, and what they are called. */
export function PortsTab({ form }: { readonly form: Form }) {
  const isHost = networkMode(form.app) === 'host';
  return (
    <>
      <p class="muted">
        {isHost
          ? 'With the host’s network: instances listen on ports of the agent.'
          : 'With a network of the container: ports inside, and those of the agent that lead there.'}{' '}
        The network is chosen under Docker.
      </p>
      {isHost ? <HostPorts form={form} /> : <ContainerPorts form={form} />}
    </>
  );
}
