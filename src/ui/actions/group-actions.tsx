import { useState } from 'preact/hooks';
import { ask, confirm } from '../components/ask.js';
import { Field } from '../components/field.js';
import { FormDialog } from '../components/form-dialog.js';
import { countText } from '../components/text.js';
import { say, trying } from '../components/toast.js';
import { idPath, request } from '../http/request.js';
import type { Acted } from './app-actions.js';
import { withForce } from './forced.js';
import { readFactor, scaledBy } from './scale-by.js';
import './group-actions.css';

/** What an action needs to know of a group. */
export interface ActedGroup {
  readonly id: string;
  /** All that is somewhere in it. */
  readonly below: readonly Acted[];
}

/** So many apps are listed one by one. */
const maxListed = 8;

function groupPath(id: string): string {
  return id === '/' ? 'v2/groups' : `v2/groups/${idPath(id)}`;
}

function ScalePreview({ apps, factor }: { readonly apps: readonly Acted[]; readonly factor: number }) {
  const scaled = scaledBy(apps, factor);
  return (
    <table class="scale-preview">
      <caption class="hidden-text">Instances of each application</caption>
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col" class="number">
            now
          </th>
          <th scope="col" class="number">
            then
          </th>
        </tr>
      </thead>
      <tbody>
        {scaled.apps.slice(0, maxListed).map(({ id, now, then }) => (
          <tr key={id}>
            <td class="wrap">{id}</td>
            <td class="number">{now}</td>
            <td class="number">{then}</td>
          </tr>
        ))}
        {scaled.apps.length > maxListed ? (
          <tr>
            <td colSpan={3} class="muted">
              and {countText(scaled.apps.length - maxListed, 'application')} more
            </td>
          </tr>
        ) : null}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          <td class="number">{scaled.now}</td>
          <td class="number">{scaled.then}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function ScaleGroupDialog({
  group,
  answer,
}: {
  readonly group: ActedGroup;
  readonly answer: (factor: number | undefined) => void;
}) {
  const [text, setText] = useState('1.5');
  const factor = readFactor(text);
  const apps = group.below.filter(({ kind }) => kind === 'app');
  const pods = group.below.length - apps.length;
  return (
    <FormDialog
      title={`Scale ${group.id}`}
      action="Scale"
      isReady={factor !== undefined && apps.length > 0}
      onAnswer={() => answer(factor)}
      onClose={() => answer(undefined)}
    >
      <Field
        label="Factor"
        hint="The instances of each application are multiplied by it, and rounded up: 2 doubles them, 0.5 halves them, 0 suspends all."
        errors={factor === undefined ? ['A number from 0 to 1000, such as 1.5'] : []}
      >
        {(attributes) => (
          <input
            {...attributes}
            inputMode="decimal"
            autocomplete="off"
            value={text}
            autofocus
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      {pods > 0 ? <p class="muted">{countText(pods, 'pod')} in it will stay: only applications are scaled.</p> : null}
      {apps.length === 0 ? <p>There is no application in it.</p> : <ScalePreview apps={apps} factor={factor ?? 1} />}
    </FormDialog>
  );
}

/** Asks for a factor, and multiplies the instances of all apps in the group by it. */
export async function scaleGroup(group: ActedGroup): Promise<void> {
  const factor = await ask<number | undefined>((answer) => <ScaleGroupDialog group={group} answer={answer} />);
  if (factor === undefined) return;
  await trying(`${group.id} was not scaled`, async () => {
    const done = await withForce((force) =>
      request(groupPath(group.id), {
        method: 'PUT',
        query: { force: force ? true : undefined },
        body: { scaleBy: factor },
      }),
    );
    if (done !== undefined) say('good', `The applications of ${group.id} are being scaled by ${factor}`);
  });
}

/** Deletes a group with all that is in it, after its name was typed. Returns whether it was. */
export async function destroyGroup({ id, below }: ActedGroup): Promise<boolean> {
  const instances = below.reduce((sum, app) => sum + app.instances, 0);
  const go = await confirm({
    title: `Destroy the group ${id}?`,
    text: (
      <>
        <p>
          {below.length === 0
            ? 'It is empty: nothing is stopped.'
            : `Everything in it will be gone: ${countText(below.length, 'application')} with ${countText(instances, 'instance')}. This cannot be undone.`}
        </p>
        {below.length === 0 ? null : (
          <ul>
            {below.slice(0, maxListed).map((app) => (
              <li key={app.id} class="wrap">
                {app.id}
              </li>
            ))}
            {below.length > maxListed ? <li class="muted">and {below.length - maxListed} more</li> : null}
          </ul>
        )}
      </>
    ),
    action: 'Destroy',
    danger: true,
    typed: id,
  });
  if (!go) return false;
  let isGone = false;
  await trying(`${id} was not destroyed`, async () => {
    const done = await withForce(async (force) => {
      await request(groupPath(id), { method: 'DELETE', query: { force: force ? true : undefined } });
      return true;
    });
    if (done === undefined) return;
    isGone = true;
    say('good', `${id} is being destroyed`);
  });
  return isGone;
}
