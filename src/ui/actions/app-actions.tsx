import { useState } from 'preact/hooks';
import { ask, confirm } from '../components/ask.js';
import { Field } from '../components/field.js';
import { FormDialog } from '../components/form-dialog.js';
import { say, trying } from '../components/toast.js';
import { countText } from '../components/text.js';
import { idPath, request } from '../http/request.js';
import { withForce } from './forced.js';

/** What an action needs to know of an app or pod. */
export interface Acted {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  readonly instances: number;
}

function put(id: string, change: object): Promise<unknown> {
  return withForce((force) =>
    request(`v2/apps/${idPath(id)}`, { method: 'PUT', query: { force: force ? true : undefined }, body: change }),
  );
}

/** Of a pod nothing is changed alone: its whole definition is sent back. */
async function scalePod(id: string, instances: number): Promise<unknown> {
  const pod = await request<Readonly<Record<string, unknown>>>(`v2/pods/${idPath(id)}`);
  return withForce((force) =>
    request(`v2/pods/${idPath(id)}`, {
      method: 'PUT',
      query: { force: force ? true : undefined },
      body: { ...pod, scaling: { kind: 'fixed', instances } },
    }),
  );
}

async function scaleTo({ id, kind }: Acted, instances: number): Promise<void> {
  await trying(`${id} was not scaled`, async () => {
    const done = await (kind === 'pod' ? scalePod(id, instances) : put(id, { instances }));
    if (done !== undefined) say('good', `${id} is being scaled to ${countText(instances, 'instance')}`);
  });
}

function ScaleDialog({
  acted,
  answer,
}: {
  readonly acted: Acted;
  readonly answer: (instances: number | undefined) => void;
}) {
  const [text, setText] = useState(String(acted.instances));
  const count = /^\d{1,6}$/.test(text.trim()) ? Number(text) : undefined;
  return (
    <FormDialog
      title={`Scale ${acted.id}`}
      action="Scale"
      isReady={count !== undefined && count !== acted.instances}
      onAnswer={() => answer(count)}
      onClose={() => answer(undefined)}
    >
      <Field
        label="Instances"
        hint={`Now ${acted.instances}.`}
        errors={count === undefined ? ['A whole number, 0 or more'] : []}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="number"
            min={0}
            value={text}
            autofocus
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}

/** Asks how many instances there are to be, and scales. */
export async function scaleApp(acted: Acted): Promise<void> {
  const instances = await ask<number | undefined>((answer) => <ScaleDialog acted={acted} answer={answer} />);
  if (instances !== undefined) await scaleTo(acted, instances);
}

/** Scales to none, after asking. */
export async function suspendApp(acted: Acted): Promise<void> {
  const go = await confirm({
    title: `Suspend ${acted.id}?`,
    text: (
      <p>
        All {countText(acted.instances, 'instance')} will be stopped. The definition stays; scale it up to have it back.
      </p>
    ),
    action: 'Suspend',
    danger: true,
  });
  if (go) await scaleTo(acted, 0);
}

/** Replaces all instances, after asking. Pods have no restart. */
export async function restartApp({ id }: Acted): Promise<void> {
  const go = await confirm({
    title: `Restart ${id}?`,
    text: <p>All instances are replaced by new ones, as many at a time as its upgrade strategy allows.</p>,
    action: 'Restart',
  });
  if (!go) return;
  await trying(`${id} was not restarted`, async () => {
    const done = await withForce((force) =>
      request(`v2/apps/${idPath(id)}/restart`, { method: 'POST', query: { force: force ? true : undefined } }),
    );
    if (done !== undefined) say('good', `${id} is being restarted`);
  });
}

/** Lets an app be launched again at once that waits because it failed too often. */
export async function resetDelay({ id }: Acted): Promise<void> {
  await trying(`The delay of ${id} was not reset`, async () => {
    await request(`v2/queue/${idPath(id)}/delay`, { method: 'DELETE' });
    say('good', `${id} is launched as soon as there is an offer for it`);
  });
}

/** Deletes an app or pod with all its instances, after its name was typed. Returns whether it was. */
export async function destroyApp({ id, kind, instances }: Acted): Promise<boolean> {
  const go = await confirm({
    title: `Destroy ${id}?`,
    text: (
      <p>
        The {kind} and its {countText(instances, 'instance')} will be gone, its history of versions, too. This cannot be
        undone.
      </p>
    ),
    action: 'Destroy',
    danger: true,
    typed: id,
  });
  if (!go) return false;
  let isGone = false;
  await trying(`${id} was not destroyed`, async () => {
    // Without `force` Marathon's own default for apps would be to stop whatever is under way
    const done = await withForce(async (force) => {
      await request(`v2/${kind}s/${idPath(id)}`, { method: 'DELETE', query: { force } });
      return true;
    });
    if (done === undefined) return;
    isGone = true;
    say('good', `${id} is being destroyed`);
  });
  return isGone;
}
