import type { Form } from './form.js';
import { KeyValueList } from './key-value-list.js';

/** Labels: for people, and for what reads them. */
export function LabelsTab({ form }: { readonly form: Form }) {
  return (
    <>
      <p class="muted">
        <code>HAPROXY_GROUP</code> with <code>HAPROXY_0_VHOST</code> makes load balancers serve the first port under a
        host name. <code>MARATHON_SINGLE_INSTANCE_APP</code> = <code>true</code>: there is never more than one instance.
      </p>
      <KeyValueList
        form={form}
        path={['labels']}
        label="Labels"
        keyLabel="Label"
        add="Add a label"
        keyPlaceholder="NAME"
      />
    </>
  );
}
