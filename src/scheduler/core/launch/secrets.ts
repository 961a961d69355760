import type { AppDefinition } from '../../model/app-definition.js';

type Secrets = Pick<AppDefinition, 'secrets'>;

/** Where the secret is that an app calls by this name; the rules see to it that it has one. */
export function sourceOf({ secrets }: Secrets, name: string): string {
  return secrets?.[name]?.source ?? name;
}

/** Where the secrets are that variables of the app's get the value of; undefined when there are no such variables. */
export function secretVariablesOf(
  app: Secrets & Pick<AppDefinition, 'secretEnv'>,
): Readonly<Record<string, string>> | undefined {
  if (app.secretEnv === undefined) return undefined;
  return Object.fromEntries(Object.entries(app.secretEnv).map(([variable, name]) => [variable, sourceOf(app, name)]));
}
