/** One line of `GET /v2/tasks` as text: an app at one of its service ports. */
export interface TasksTextLine {
  /** The app's id without its first `/`, with `_` for each other one. */
  readonly app: string;
  /** undefined = it has none. */
  readonly servicePort: number | undefined;
  /** `host:port`, or `host` alone where there is no port. */
  readonly addresses: readonly string[];
}

const maxLines = 1_000_000;

/**
 * Reads the text of `GET /v2/tasks` (lb.md §A): `app <TAB> servicePort <TAB> host:port <TAB> …`. As haproxy-marathon-bridge does it: blanks of
 * any kind separate, a line of fewer than two words is none, and where the second word is no number the app has no service port.
 */
export function parseTasksText(text: string): readonly TasksTextLine[] {
  const lines: TasksTextLine[] = [];
  for (const line of text.split('\n', maxLines)) {
    const [app, second, ...rest] = line.split(/\s+/).filter((word) => word !== '');
    if (app === undefined || second === undefined) continue;
    const servicePort = /^\d{1,5}$/.test(second) ? Number(second) : undefined;
    lines.push({ app, servicePort, addresses: servicePort === undefined ? [second, ...rest] : rest });
  }
  return lines;
}
