/** Parts of messages as JSON texts; absent: there is nothing to be said of it. */
export interface ChangeParts {
  /** One text for each app. */
  readonly apps: readonly string[];
  readonly removedApps: readonly string[];
  readonly groups?: string;
  readonly deployments?: string;
  readonly scheduler?: string;
}

/** A browser reads the first lines while the last ones are on their way. */
export const appsPerMessage = 500;

function memberText(name: string, text: string | undefined): string {
  return text === undefined ? '' : `,"${name}":${text}`;
}

/** A change as one line; undefined: nothing has changed. */
export function changeText({ apps, removedApps, groups, deployments, scheduler }: ChangeParts): string | undefined {
  const more =
    memberText('groups', groups) + memberText('deployments', deployments) + memberText('scheduler', scheduler);
  if (apps.length + removedApps.length + more.length === 0) return undefined;
  return `{"apps":[${apps.join(',')}],"removedApps":${JSON.stringify(removedApps)}${more}}`;
}

/** A snapshot as lines: the groups are in the first one, the deployments in the last. */
export function snapshotTexts(
  epoch: string,
  { apps, groups, deployments, scheduler }: Required<Omit<ChangeParts, 'removedApps'>>,
): readonly string[] {
  const count = Math.max(1, Math.ceil(apps.length / appsPerMessage));
  return Array.from({ length: count }, (_, i) => {
    const first = i === 0;
    const complete = i === count - 1;
    const some = apps.slice(i * appsPerMessage, (i + 1) * appsPerMessage);
    return (
      `{"epoch":${JSON.stringify(epoch)},"first":${first},"complete":${complete},"apps":[${some.join(',')}],` +
      `"groups":${first ? groups : '[]'},"deployments":${complete ? deployments : '[]'},"scheduler":${scheduler}}`
    );
  });
}
