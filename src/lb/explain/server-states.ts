/** What HAProxy says of a server. */
export interface ServerState {
  /** `UP`, `DOWN 1/2`, `MAINT`, `DRAIN`, `no check` … */
  readonly status: string;
  readonly sessions: number;
  /** The last check's result (`L4OK`, `L4CON` …); empty = none. */
  readonly check: string;
}

/** The fields of a line of CSV; in double quotes a comma does not separate, and two quotes are one. */
function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const c = line.charAt(i);
    if (c === '"' && quoted && line.charAt(i + 1) === '"') {
      field += c;
      i += 1;
    } else if (c === '"') {
      quoted = !quoted;
    } else if (c === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else {
      field += c;
    }
  }
  fields.push(field);
  return fields;
}

/** Reads the answer to `show stat`: the servers of all backends in it, by `backend/server`. Throws when it is not one. */
export function parseServerStates(answer: string): ReadonlyMap<string, ServerState> {
  const lines = answer.split('\n').filter((line) => line.trim() !== '');
  const [head = '', ...rows] = lines;
  const columns = fieldsOf(head.replace(/^#\s*/, ''));
  const at = (name: string): number => columns.indexOf(name);
  const [backend, server, status, sessions, check] = [
    at('pxname'),
    at('svname'),
    at('status'),
    at('scur'),
    at('check_status'),
  ];
  if ([backend, server, status, sessions].some((index) => index < 0)) throw new Error('not an answer to "show stat"');
  const states = new Map<string, ServerState>();
  for (const row of rows) {
    const fields = fieldsOf(row);
    const name = fields[server] ?? '';
    if (name === 'BACKEND' || name === 'FRONTEND') continue;
    states.set(`${fields[backend] ?? ''}/${name}`, {
      status: fields[status] ?? '',
      sessions: Number(fields[sessions] ?? 0),
      check: fields[check] ?? '',
    });
  }
  return states;
}
