import { isObject } from '../json-value.js';
import type { Form } from './form.js';
import { ChoiceField, Errors, FlagField, Items, JsonField, NumberField, TextField, TextList } from './inputs.js';

function Unreachable({ form }: { readonly form: Form }) {
  const value = form.valueAt(['unreachableStrategy']);
  const choice = value === 'disabled' ? 'disabled' : isObject(value) ? 'own' : '';
  return (
    <section>
      <h3>When an agent is not reachable</h3>
      <Errors texts={form.errorsAt(['unreachableStrategy'])} />
      <label class="field">
        <span>Unreachable instances</span>
        <select
          value={choice}
          onChange={(event) => {
            const next = event.currentTarget.value;
            const own = { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 };
            form.set(['unreachableStrategy'], next === 'own' ? own : next === '' ? undefined : next);
          }}
        >
          <option value="">Default: replaced at once; waited for if they have persistent volumes</option>
          <option value="own">Are replaced after a while</option>
          <option value="disabled">Are waited for, however long</option>
        </select>
      </label>
      {choice === 'own' ? (
        <div class="form-grid">
          <NumberField
            form={form}
            path={['unreachableStrategy', 'inactiveAfterSeconds']}
            label="Replaced after (s)"
            placeholder="0"
          />
          <NumberField
            form={form}
            path={['unreachableStrategy', 'expungeAfterSeconds']}
            label="Given up after (s)"
            placeholder="0"
            hint="When it comes back after that, it is killed."
          />
        </div>
      ) : null}
    </section>
  );
}

/** What most apps leave as it is. */
export function OptionalTab({ form }: { readonly form: Form }) {
  return (
    <>
      <section>
        <h3>Files to fetch</h3>
        <Items
          form={form}
          path={['fetch']}
          name="File"
          fresh={{ uri: '' }}
          add="Add a file"
          empty="None: nothing is fetched into the sandbox before the command runs."
        >
          {(path) => (
            <>
              <TextField form={form} path={[...path, 'uri']} label="URI" placeholder="https://example.com/app.tgz" />
              <div class="row">
                <FlagField form={form} path={[...path, 'extract']} label="Unpack" byDefault />
                <FlagField form={form} path={[...path, 'executable']} label="Executable" />
                <FlagField form={form} path={[...path, 'cache']} label="Keep in the agent’s cache" />
              </div>
              <TextField
                form={form}
                path={[...path, 'destPath']}
                label="Name in the sandbox"
                placeholder="as in the URI"
              />
            </>
          )}
        </Items>
      </section>
      <section>
        <h3>Upgrades</h3>
        <Errors texts={form.errorsAt(['upgradeStrategy'])} />
        <div class="form-grid">
          <NumberField
            form={form}
            path={['upgradeStrategy', 'minimumHealthCapacity']}
            label="Minimum health capacity"
            placeholder="1"
            hint="Of 0 to 1: how much of it stays healthy while instances are replaced."
          />
          <NumberField
            form={form}
            path={['upgradeStrategy', 'maximumOverCapacity']}
            label="Maximum over capacity"
            placeholder="1"
            hint="Of 0 to 1: how many more instances may run meanwhile."
          />
          <ChoiceField
            form={form}
            path={['killSelection']}
            label="Killed first"
            options={[
              ['', 'The youngest (default)'],
              ['YOUNGEST_FIRST', 'The youngest'],
              ['OLDEST_FIRST', 'The oldest'],
            ]}
          />
          <NumberField
            form={form}
            path={['taskKillGracePeriodSeconds']}
            label="Kill grace period (s)"
            placeholder="default"
            hint="Between SIGTERM and SIGKILL."
          />
        </div>
      </section>
      <section>
        <h3>Starts that fail</h3>
        <div class="form-grid">
          <NumberField form={form} path={['backoffSeconds']} label="First delay (s)" placeholder="1" />
          <NumberField
            form={form}
            path={['backoffFactor']}
            label="Factor"
            placeholder="1.15"
            hint="Each failure makes the delay so many times as long."
          />
          <NumberField form={form} path={['maxLaunchDelaySeconds']} label="Longest delay (s)" placeholder="300" />
        </div>
      </section>
      <Unreachable form={form} />
      <section>
        <h3>Readiness</h3>
        <Items
          form={form}
          path={['readinessChecks']}
          name="Readiness check"
          fresh={{ name: 'readinessCheck', protocol: 'HTTP', path: '/', portName: 'http' }}
          add="Add a readiness check"
          empty="None: a deployment goes on when instances run, and are healthy where there are health checks. At most one."
        >
          {(path) => (
            <div class="form-grid">
              <TextField form={form} path={[...path, 'name']} label="Name" placeholder="readinessCheck" />
              <ChoiceField
                form={form}
                path={[...path, 'protocol']}
                label="Protocol"
                options={[
                  ['', 'HTTP (default)'],
                  ['HTTP', 'HTTP'],
                  ['HTTPS', 'HTTPS'],
                ]}
              />
              <TextField form={form} path={[...path, 'path']} label="Path" placeholder="/" />
              <TextField form={form} path={[...path, 'portName']} label="Port name" placeholder="http-api" />
              <NumberField form={form} path={[...path, 'intervalSeconds']} label="Interval (s)" placeholder="30" />
              <NumberField form={form} path={[...path, 'timeoutSeconds']} label="Timeout (s)" placeholder="10" />
              <JsonField
                form={form}
                path={[...path, 'httpStatusCodesForReady']}
                label="Statuses that mean ready"
                placeholder="[200]"
                rows={1}
              />
              <FlagField
                form={form}
                path={[...path, 'preserveLastResponse']}
                label="Keep the last answer to be shown"
              />
            </div>
          )}
        </Items>
      </section>
      <section>
        <h3>Process</h3>
        <div class="form-grid">
          <TextField
            form={form}
            path={['user']}
            label="User"
            hint="Of the agent’s host. Empty: as the scheduler is set."
          />
          <TextField
            form={form}
            path={['executor']}
            label="Executor"
            hint="Empty: as --executor says. //cmd: Mesos’ command executor. Else the path of one."
          />
          <NumberField form={form} path={['resourceLimits', 'mem']} label="Memory limit (MiB, or unlimited)" />
          <NumberField form={form} path={['resourceLimits', 'cpus']} label="CPU limit (or unlimited)" />
        </div>
        <Errors texts={form.errorsAt(['resourceLimits'])} />
        <FlagField form={form} path={['tty']} label="With a terminal" />
        <TextList
          form={form}
          path={['storeUrls']}
          label="Artifacts to store"
          itemLabel="Artifact"
          hint="URLs whose content is put into the artifact store before the first start (--artifact_store)."
          add="Add an artifact"
        />
        <JsonField
          form={form}
          path={['check']}
          label="Check, as JSON"
          hint="Run by the agent and reported; nothing is killed for it."
          placeholder='{"http": {"portIndex": 0, "path": "/"}}'
          rows={3}
        />
      </section>
    </>
  );
}
