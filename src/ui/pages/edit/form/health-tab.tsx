import { memberOf } from '../json-value.js';
import type { Path } from '../json-value.js';
import { fieldText } from './form.js';
import type { Form } from './form.js';
import { AreaField, ChoiceField, FlagField, Items, NumberField, TextField } from './inputs.js';

const protocols = [
  ['', 'HTTP, by the scheduler (default)'],
  ['HTTP', 'HTTP, by the scheduler'],
  ['HTTPS', 'HTTPS, by the scheduler'],
  ['TCP', 'TCP, by the scheduler'],
  ['COMMAND', 'COMMAND, on the agent'],
  ['MESOS_HTTP', 'MESOS_HTTP, on the agent'],
  ['MESOS_HTTPS', 'MESOS_HTTPS, on the agent'],
  ['MESOS_TCP', 'MESOS_TCP, on the agent'],
] as const;

function HealthCheck({ form, path }: { readonly form: Form; readonly path: Path }) {
  const protocol = fieldText(memberOf(form.valueAt(path), 'protocol')) || 'HTTP';
  const isCommand = protocol === 'COMMAND';
  const isHttp = /HTTPS?$/.test(protocol);
  return (
    <>
      <div class="form-grid">
        <ChoiceField form={form} path={[...path, 'protocol']} label="Protocol" options={protocols} />
        {isHttp ? <TextField form={form} path={[...path, 'path']} label="Path" placeholder="/" /> : null}
        {isCommand ? null : (
          <>
            <NumberField
              form={form}
              path={[...path, 'portIndex']}
              label="Port index"
              placeholder="0"
              hint="Which of its ports, from 0."
            />
            <NumberField
              form={form}
              path={[...path, 'port']}
              label="Or port number"
              placeholder="none"
              hint="Instead of the index."
            />
          </>
        )}
      </div>
      {isCommand ? (
        <AreaField
          form={form}
          path={[...path, 'command', 'value']}
          label="Command"
          rows={2}
          placeholder="curl -f http://$HOST:$PORT0/health"
          hint="Well when it exits with 0."
        />
      ) : null}
      <div class="form-grid">
        <NumberField
          form={form}
          path={[...path, 'gracePeriodSeconds']}
          label="Grace period (s)"
          placeholder="300"
          hint="Failures do not count so long after the start, or until the first success."
        />
        <NumberField form={form} path={[...path, 'intervalSeconds']} label="Interval (s)" placeholder="60" />
        <NumberField form={form} path={[...path, 'timeoutSeconds']} label="Timeout (s)" placeholder="20" />
        <NumberField
          form={form}
          path={[...path, 'maxConsecutiveFailures']}
          label="Failures in a row"
          placeholder="3"
          hint="After so many the instance is killed. 0: never."
        />
        {protocol.startsWith('MESOS_') || isCommand ? (
          <NumberField form={form} path={[...path, 'delaySeconds']} label="Delay (s)" placeholder="15" />
        ) : null}
        {protocol.startsWith('MESOS_') ? (
          <ChoiceField
            form={form}
            path={[...path, 'ipProtocol']}
            label="IP protocol"
            options={[
              ['', 'IPv4 (default)'],
              ['IPv4', 'IPv4'],
              ['IPv6', 'IPv6'],
            ]}
          />
        ) : null}
      </div>
      {isHttp ? (
        <FlagField
          form={form}
          path={[...path, 'ignoreHttp1xx']}
          label="Answers 100 to 199 say nothing"
          hint="Otherwise they are failures."
        />
      ) : null}
    </>
  );
}

/** How it is found out whether instances are well. */
export function HealthTab({ form }: { readonly form: Form }) {
  return (
    <Items
      form={form}
      path={['healthChecks']}
      name="Health check"
      fresh={{ protocol: 'HTTP', path: '/', portIndex: 0 }}
      add="Add a health check"
      empty="None: an instance that runs counts as well."
    >
      {(path) => <HealthCheck form={form} path={path} />}
    </Items>
  );
}
