import type { ChangedSetting } from './rule-config.js';

/** What is another one in a rule: what was, and what is. */
export function SettingChanges({ changes }: { readonly changes: readonly ChangedSetting[] }) {
  return (
    <dl class="lb-setting-changes">
      {changes.map(({ key, before, after }) => (
        <div key={key}>
          <dt>{key}</dt>
          {before === null ? null : (
            <dd>
              <del class="mono">{before === '' ? '(empty)' : before}</del>
            </dd>
          )}
          {after === null ? null : (
            <dd>
              <ins class="mono">{after === '' ? '(empty)' : after}</ins>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
