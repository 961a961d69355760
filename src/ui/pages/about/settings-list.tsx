import { useState } from 'preact/hooks';
import { Empty } from '../../components/loading.js';
import { TitleRow } from '../../components/title-row.js';
import { place, setQuery } from '../../router/place.js';
import { groupedSettings } from './settings.js';
import type { Setting } from './settings.js';

/** All settings as they are in force, by what they are about. */
export function SettingsList({ settings }: { readonly settings: readonly Setting[] }) {
  const [onlySet, setOnlySet] = useState(true);
  const text = place.value.query['search'] ?? '';
  const groups = groupedSettings(settings, text, onlySet);
  return (
    <section aria-labelledby="settings">
      <TitleRow>
        <h2 id="settings">Settings</h2>
        <div class="row">
          <label class="row">
            <input type="checkbox" checked={onlySet} onChange={(event) => setOnlySet(event.currentTarget.checked)} />
            only those that are set
          </label>
          <input
            type="search"
            aria-label="Search the settings"
            placeholder="Name or value"
            value={text}
            onInput={(event) => setQuery({ search: event.currentTarget.value })}
          />
        </div>
      </TitleRow>
      {groups.length === 0 ? <Empty>No setting is like that.</Empty> : null}
      <div class="setting-groups">
        {groups.map(({ group, settings: some }) => (
          <section key={group} class="panel" aria-label={group}>
            <h3>{group}</h3>
            <dl class="settings">
              {some.map(({ name, value }) => (
                <div key={name}>
                  <dt class="mono">{name}</dt>
                  <dd class="mono wrap">{value ?? <span class="muted">not set</span>}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </section>
  );
}
