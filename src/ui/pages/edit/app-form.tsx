import type { ComponentType } from 'preact';
import type { FieldErrors, TabId } from './fields.js';
import { tabs } from './fields.js';
import { ConstraintsTab } from './form/constraints-tab.js';
import { DockerTab } from './form/docker-tab.js';
import { EnvTab } from './form/env-tab.js';
import { formOf } from './form/form.js';
import type { Form } from './form/form.js';
import { GeneralTab } from './form/general-tab.js';
import { HealthTab } from './form/health-tab.js';
import { LabelsTab } from './form/labels-tab.js';
import { OptionalTab } from './form/optional-tab.js';
import { PortsTab } from './form/ports-tab.js';
import { VolumesTab } from './form/volumes-tab.js';
import { FormTabs } from './form-tabs.js';
import type { JsonObject } from './json-value.js';

const contents: Readonly<Record<TabId, ComponentType<{ form: Form }>>> = {
  general: GeneralTab,
  docker: DockerTab,
  ports: PortsTab,
  env: EnvTab,
  labels: LabelsTab,
  health: HealthTab,
  volumes: VolumesTab,
  constraints: ConstraintsTab,
  optional: OptionalTab,
};

/** The form of an app's definition. */
export function AppForm({
  app,
  isNew,
  errors,
  tab,
  onTab,
  onChange,
  isDisabled,
}: {
  readonly app: JsonObject;
  readonly isNew: boolean;
  readonly errors: FieldErrors;
  readonly tab: TabId;
  readonly onTab: (tab: TabId) => void;
  readonly onChange: (app: JsonObject) => void;
  readonly isDisabled: boolean;
}) {
  const Content = contents[tab];
  const form = formOf(app, { errors, isNew, apply: onChange });
  return (
    <FormTabs
      label="Parts of the definition"
      tabs={tabs.map(({ id, text }) => ({ id, text, errors: errors.byTab.get(id) ?? 0 }))}
      current={tab}
      onChoose={onTab}
    >
      <fieldset class="form-all" disabled={isDisabled}>
        <Content key={tab} form={form} />
      </fieldset>
    </FormTabs>
  );
}
