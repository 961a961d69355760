import type { LbServer } from '../../api/edge-live.js';
import { Label } from '../../components/status-label.js';
import { numberText } from '../../components/text.js';
import { serverLevels, serverState } from './server-words.js';

/** The servers of a backend, as HAProxy tells of them. */
export function ServerTable({ servers, label }: { readonly servers: readonly LbServer[]; readonly label: string }) {
  if (servers.length === 0) return <p class="muted">No servers: requests are answered 503.</p>;
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table class="server-table">
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">State</th>
            <th scope="col">Last check</th>
            <th scope="col" class="number">
              Sessions
            </th>
            <th scope="col" class="number">
              Rate
            </th>
            <th scope="col" class="number">
              Weight
            </th>
            <th scope="col">Instance</th>
          </tr>
        </thead>
        <tbody>
          {servers.map(({ name, address, status, lastCheck, sessions, rate, weight, task }) => (
            <tr key={`${name} ${address}`}>
              <td class="mono" title={name}>
                {address}
              </td>
              <td>
                <Label level={serverLevels[serverState(status)]}>{status === '' ? 'unknown' : status}</Label>
              </td>
              <td>{lastCheck ?? <span class="muted">–</span>}</td>
              <td class="number">{sessions}</td>
              <td class="number">{numberText(rate)}/s</td>
              <td class="number">{weight}</td>
              <td class="mono wrap">{task ?? <span class="muted">fixed address</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
