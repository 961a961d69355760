import { useState } from 'preact/hooks';
import type { Explanation, Refusal, RefusedAgent } from '../../../api/explanation.js';
import { Button } from '../../../components/button.js';
import { countText } from '../../../components/text.js';
import { Ago } from '../../../components/time.js';
import { links } from '../../../router/links.js';
import { agentsByNearness, reasonRows, reasonText, shareOf } from './reasons.js';

/** So many agents are listed before all are asked for. */
const maxShown = 10;

/** How much of what is needed was there. */
function Share({ share }: { readonly share: number | undefined }) {
  if (share === undefined) return null;
  const percent = Math.floor(share * 100);
  return (
    <span class="offer-share" role="img" aria-label={`${percent} % of it`} title={`${percent} % of what is needed`}>
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}

function Reasons({ agents }: { readonly agents: readonly RefusedAgent[] }) {
  return (
    <div class="scroll-x">
      <table aria-label="Reasons" class="reason-list">
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col" class="number">
              Agents
            </th>
            <th scope="col">Needs</th>
            <th scope="col">Nearest offer</th>
          </tr>
        </thead>
        <tbody>
          {reasonRows(agents).map(({ reason, needed, agents: count, nearest, share }) => (
            <tr key={`${reason} ${needed}`}>
              <td title={reason}>{reasonText(reason)}</td>
              <td class="number">
                {count} of {agents.length}
              </td>
              <td class="wrap">{needed}</td>
              <td class="wrap">
                {nearest.had} <span class="muted">on {nearest.host}</span>
                <Share share={share} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RefusalLine({ refusal }: { readonly refusal: Refusal }) {
  const { reason, needed, had } = refusal;
  return (
    <li>
      <span class="refusal-reason" title={reason}>
        {reasonText(reason)}
      </span>{' '}
      needs <strong>{needed}</strong>, has <strong>{had}</strong>
      <Share share={shareOf(refusal)} />
    </li>
  );
}

function Agents({ agents }: { readonly agents: readonly RefusedAgent[] }) {
  const [isAll, setAll] = useState(false);
  const sorted = agentsByNearness(agents);
  const shown = isAll ? sorted : sorted.slice(0, maxShown);
  return (
    <>
      <table aria-label="Agents" class="refused">
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">What its last offer lacked</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ agentId, hostname, at, refusals }) => (
            <tr key={agentId}>
              <td>
                <a href={links.nodes(hostname)} title={agentId}>
                  {hostname}
                </a>
                <div class="muted">
                  <Ago at={at} />
                </div>
              </td>
              <td>
                <ul class="refusals">
                  {refusals.map((refusal) => (
                    <RefusalLine key={`${refusal.reason} ${refusal.needed}`} refusal={refusal} />
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < sorted.length ? (
        <Button onClick={() => setAll(true)}>Show all {countText(sorted.length, 'agent')}</Button>
      ) : null}
    </>
  );
}

/** What the agents lack that an instance needs, and the smallest changes with which it would fit. */
export function WhyNotPlaced({ explanation, id }: { readonly explanation: Explanation; readonly id: string }) {
  const { agents, suggestions, fixedPorts = [], waiting, reasons, delay } = explanation;
  // Of a delay more is said elsewhere
  if (waiting === 0 || (agents.length === 0 && delay !== undefined)) return null;
  if (agents.length === 0) {
    return reasons.length === 0 ? null : (
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    );
  }
  return (
    <>
      {suggestions.length === 0 ? null : (
        <>
          <h3>What would help</h3>
          <ul class="suggestions">
            {suggestions.map(({ text }) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <p>
            <a href={links.edit(id)}>Edit {id}</a>
          </p>
        </>
      )}
      {fixedPorts.length === 0 ? null : (
        <ul>
          {fixedPorts.map(({ port, freeOn }) => (
            <li key={port}>
              Port {port} is free on {freeOn.length === 0 ? 'no agent that was offered' : freeOn.join(', ')}.
            </li>
          ))}
        </ul>
      )}
      <h3>Reasons</h3>
      <Reasons agents={agents} />
      <h3>Agents, the nearest first</h3>
      <Agents agents={agents} />
    </>
  );
}
