import { CopyButton } from '../../../components/copy.js';
import { canonicalText } from '../../edit/json-value.js';
import type { JsonObject } from '../../edit/json-value.js';
import { withoutSecrets } from '../../edit/secrets.js';
import { definitionSections } from './definition-sections.js';

/** A definition to be read, grouped as the form is; `isOpen`: values that are called as secrets are shown. */
export function DefinitionView({ definition, isOpen }: { readonly definition: JsonObject; readonly isOpen: boolean }) {
  const shown = isOpen ? definition : (withoutSecrets(definition) as JsonObject);
  return (
    <>
      <div class="definition">
        {definitionSections(shown).map(({ title, rows }) => (
          <section key={title} class="panel">
            <h3>{title}</h3>
            <dl>
              {rows.map(({ name, text, isCode }, index) => (
                <div key={`${index} ${name}`}>
                  <dt>{name}</dt>
                  <dd class={isCode === true ? 'mono' : ''}>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <details class="panel">
        <summary>As JSON</summary>
        <div class="row">
          <CopyButton what="the definition" text={canonicalText(shown)} />
        </div>
        <pre tabIndex={0} aria-label="The definition as JSON">
          {canonicalText(shown)}
        </pre>
      </details>
    </>
  );
}
