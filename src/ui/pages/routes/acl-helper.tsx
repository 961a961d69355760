import { useState } from 'preact/hooks';
import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { aclKinds, aclKindTexts, buildAcl } from './acl-builder.js';
import type { AclKind, AclParts } from './acl-builder.js';

const valueTexts: Readonly<Record<AclKind, readonly [label: string, placeholder: string]>> = {
  host: ['Hosts', 'app.example.com *.shop.example.com'],
  pathBegins: ['Paths', '/api /v2'],
  path: ['Paths', '/login'],
  hostAndPath: ['Hosts', 'app.example.com'],
  header: ['Values', 'empty: it is there'],
  cookie: ['Values', 'empty: it is there'],
  parameter: ['Values', 'empty: it is there'],
  method: ['Methods', 'POST PUT'],
  source: ['Addresses', '10.0.0.0/8'],
};

/** Builds the text of a test from what it is to look at. */
export function AclHelper({ use }: { readonly use: (acl: string) => void }) {
  const [parts, setParts] = useState<AclParts>({ kind: 'host', name: '', values: '', path: '' });
  const { kind, name, values, path } = parts;
  const built = buildAcl(parts);
  const [label, placeholder] = valueTexts[kind];
  const isNamed = kind === 'header' || kind === 'cookie' || kind === 'parameter';
  return (
    <fieldset class="acl-helper">
      <legend>Build a test</legend>
      <div class="acl-parts">
        <Field label="Test">
          {(attributes) => (
            <select
              {...attributes}
              value={kind}
              onChange={(event) => {
                const next = aclKinds.find((one) => one === event.currentTarget.value);
                if (next !== undefined) setParts({ ...parts, kind: next });
              }}
            >
              {aclKinds.map((one) => (
                <option key={one} value={one}>
                  {aclKindTexts[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        {isNamed ? (
          <Field label="Name">
            {(attributes) => (
              <input
                {...attributes}
                value={name}
                spellcheck={false}
                autocomplete="off"
                placeholder={kind === 'header' ? 'X-Version' : 'version'}
                onInput={(event) => setParts({ ...parts, name: event.currentTarget.value })}
              />
            )}
          </Field>
        ) : null}
        <Field label={label}>
          {(attributes) => (
            <input
              {...attributes}
              value={values}
              spellcheck={false}
              autocomplete="off"
              placeholder={placeholder}
              onInput={(event) => setParts({ ...parts, values: event.currentTarget.value })}
            />
          )}
        </Field>
        {kind === 'hostAndPath' ? (
          <Field label="Path begins with">
            {(attributes) => (
              <input
                {...attributes}
                value={path}
                spellcheck={false}
                autocomplete="off"
                placeholder="/cart"
                onInput={(event) => setParts({ ...parts, path: event.currentTarget.value })}
              />
            )}
          </Field>
        ) : null}
      </div>
      <p class="row">
        {built.text === undefined ? (
          <span class="muted">{built.problem}</span>
        ) : (
          <>
            <code class="wrap">{built.text}</code>
            <Button small onClick={() => use(built.text)}>
              Use this
            </Button>
          </>
        )}
      </p>
    </fieldset>
  );
}
