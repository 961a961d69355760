import { appJsonOf } from '../../core/normalize/app-json-of.js';
import type { AppDefinition, Json } from '../../model/app-definition.js';

const texts = new WeakMap<AppDefinition, string>();

/** An app as Marathon shows it, without anything that changes while the definition stays. */
export function renderApp(app: AppDefinition): Readonly<Record<string, Json>> {
  const { id, versionInfo, version } = app;
  return {
    ...appJsonOf(app),
    id,
    version,
    versionInfo: { lastScalingAt: versionInfo.lastScalingAt, lastConfigChangeAt: versionInfo.lastConfigChangeAt },
  };
}

/** `renderApp` as JSON text; made once for each definition, as definitions never change. */
export function appText(app: AppDefinition): string {
  const known = texts.get(app);
  if (known !== undefined) return known;
  const text = JSON.stringify(renderApp(app));
  texts.set(app, text);
  return text;
}

/** JSON text of an object with members added to it; the text of each member must be JSON. */
export function withMembers(object: string, members: readonly (readonly [name: string, json: string])[]): string {
  const added = members.map(([name, json]) => `,${JSON.stringify(name)}:${json}`).join('');
  return `${object.slice(0, -1)}${added}}`;
}
