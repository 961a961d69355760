import { statRows } from '../apply/stat-table.js';
import type { Backend, Routing } from '../compile/routing-model.js';
import type { LbBackend, LbServer } from './backends.js';

/** All proxies (-1), of them backends and servers (2 + 4), all servers (-1). */
export const backendsCommand = 'show stat -1 6 -1';

const columns = [
  ...['pxname', 'svname', 'status', 'scur', 'qcur', 'rate', 'stot', 'req_tot', 'bin', 'bout', 'econ', 'eresp'],
  ...['hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'rtime', 'act', 'bck', 'mode'],
  ...['weight', 'addr', 'check_status', 'check_code', 'last_chk'],
] as const;

type Row = (column: (typeof columns)[number]) => string;

const places = new Map<string, number>(columns.map((name, index) => [name, index]));

/** What is decided of a backend, and whose its servers are. */
interface Known {
  readonly backend: Backend;
  readonly tasks: ReadonlyMap<string, string>;
}

function knownBackends({ model, tasks }: Routing): Map<string, Known> {
  return new Map(
    model.backends.map((backend, index) => [
      backend.name,
      { backend, tasks: tasks[index] ?? new Map<string, string>() },
    ]),
  );
}

/** Those that are about to be killed, by `backend/server`. */
function leavingTasks({ leaving }: Routing): Map<string, string> {
  return new Map(leaving.map(({ backend, server, taskId }) => [`${backend}/${server}`, taskId]));
}

function appOf(known: Known | undefined): string | null {
  if (known === undefined || known.backend.app.kind !== 'app') return null;
  const { id, members } = known.backend.app;
  return members?.[0] ?? id;
}

/** `L4CON Connection refused`, `L7STS/503 Service Unavailable`; HAProxy puts `* ` before it while the next check is under way. */
function lastCheckOf(row: Row): string | null {
  const status = row('check_status').replace(/^\*\s*/, '');
  if (status === '') return null;
  const code = row('check_code') === '' ? '' : `/${row('check_code')}`;
  const words = row('last_chk') === '' ? '' : ` ${row('last_chk')}`;
  return `${status}${code}${words}`;
}

function serverOf(row: Row, task: string | undefined): LbServer {
  return {
    name: row('svname'),
    address: row('addr'),
    status: row('status'),
    weight: Number(row('weight')),
    sessions: Number(row('scur')),
    rate: Number(row('rate')),
    task: task ?? null,
    lastCheck: lastCheckOf(row),
  };
}

function backendOf(row: Row, known: Known | undefined, servers: readonly LbServer[]): LbBackend {
  const isHttp = row('mode') === 'http';
  const total = Number((isHttp && row('req_tot')) || row('stot'));
  const isUp = row('status').startsWith('UP');
  return {
    name: row('pxname'),
    app: appOf(known),
    // One without servers is up to HAProxy: it may answer itself, as a template's own may do.
    up: isUp && (known === undefined || Number(row('act')) + Number(row('bck')) > 0),
    sessions: Number(row('scur')),
    queued: Number(row('qcur')),
    rate: Number(row('rate')),
    total,
    bytesIn: Number(row('bin')),
    bytesOut: Number(row('bout')),
    errors: Number(row('econ')) + Number(row('eresp')),
    responses: {
      '2xx': Number(row('hrsp_2xx')),
      '3xx': Number(row('hrsp_3xx')),
      '4xx': Number(row('hrsp_4xx')),
      '5xx': Number(row('hrsp_5xx')),
    },
    responseMs: isHttp && total > 0 && row('rtime') !== '' ? Number(row('rtime')) : null,
    servers,
  };
}

/**
 * Reads HAProxy's answer to `backendsCommand`: its backends in the order of its configuration, each with its servers, those that were withdrawn and not
 * yet deleted among them. Throws when it is no such answer.
 */
export function* readBackends(answer: string, routing: Routing | undefined): Generator<LbBackend> {
  const known = routing === undefined ? new Map<string, Known>() : knownBackends(routing);
  const leaving = routing === undefined ? new Map<string, string>() : leavingTasks(routing);
  // The line of a backend comes after those of its servers.
  let servers: LbServer[] = [];
  for (const fields of statRows(answer, columns)) {
    const row: Row = (column) => fields[places.get(column) ?? -1] ?? '';
    const [backend, name] = [row('pxname'), row('svname')];
    const of = known.get(backend);
    if (name === 'BACKEND') {
      yield backendOf(row, of, servers);
      servers = [];
    } else {
      servers.push(serverOf(row, of?.tasks.get(name) ?? leaving.get(`${backend}/${name}`)));
    }
  }
}
