import { useState } from 'preact/hooks';
import type { Agents, Frameworks } from '../../api/cluster.js';
import { Button } from '../../components/button.js';
import { Empty, Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { countText } from '../../components/text.js';
import { TitleRow } from '../../components/title-row.js';
import { request } from '../../http/request.js';
import { usePaced } from '../../live/use-paced.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { place, setQuery } from '../../router/place.js';
import { apps } from '../../stores/overview.js';
import { AgentCard } from './agent-card.js';
import { agentOrders, isFound, sortedAgents, totalsOf } from './agent-list.js';
import { FrameworksTable } from './frameworks.js';
import { ResourceBars } from './resource-bars.js';
import './nodes.css';

/** The whole cluster is a large answer: it is read again at most so often. */
const distanceMs = 5_000;
const pageSize = 50;

const orderTexts = {
  host: 'by host',
  cpus: 'least CPU left',
  mem: 'least memory left',
  disk: 'least disk left',
  tasks: 'most tasks',
} as const;

function AgentList({ agents }: Agents) {
  const [count, setCount] = useState(pageSize);
  const { query } = place.value;
  const text = query['host'] ?? '';
  const order = agentOrders.find((one) => one === query['sort']) ?? 'host';
  const found = sortedAgents(
    agents.filter((agent) => isFound(agent, text)),
    order,
  );
  return (
    <>
      <div class="row agent-tools">
        <input
          type="search"
          aria-label="Filter by host, attribute, zone or app"
          placeholder="Host, attribute, zone or app"
          value={text}
          onInput={(event) => setQuery({ host: event.currentTarget.value })}
        />
        <label class="row">
          Order{' '}
          <select
            value={order}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setQuery({ sort: value === 'host' ? undefined : value });
            }}
          >
            {agentOrders.map((one) => (
              <option key={one} value={one}>
                {orderTexts[one]}
              </option>
            ))}
          </select>
        </label>
        <span class="muted" role="status">
          {found.length === agents.length
            ? countText(found.length, 'agent')
            : `${found.length} of ${agents.length} agents`}
        </span>
      </div>
      {found.length === 0 ? (
        <Empty>{agents.length === 0 ? 'No agent is registered with the master.' : 'No agent is like that.'}</Empty>
      ) : (
        <div class="agents">
          {found.slice(0, count).map((agent) => (
            <AgentCard key={agent.id} agent={agent} />
          ))}
        </div>
      )}
      {found.length > count ? (
        <Button onClick={() => setCount(count + pageSize)}>Show {Math.min(pageSize, found.length - count)} more</Button>
      ) : null}
    </>
  );
}

function Totals({ agents }: Agents) {
  const { total, used, tasks, otherTasks, withheld } = totalsOf(agents);
  return (
    <section class="panel" aria-label="All agents together">
      <p class="totals">
        <strong>{countText(agents.length, 'agent')}</strong>, {countText(tasks, 'task')} of this scheduler
        {otherTasks > 0 ? `, ${otherTasks} of others` : ''}
        {withheld > 0 ? `; nothing is offered of ${withheld}` : ''}
      </p>
      <ResourceBars total={total} used={used} />
    </section>
  );
}

/** The cluster: agents with what runs on them, and who shares them. */
export default function NodesPage() {
  const changes = usePaced(apps.value, distanceMs);
  const agents = useLoaded<Agents>((signal) => request('ekiden/v1/agents', { signal }), [], [changes]);
  const frameworks = useLoaded<Frameworks>((signal) => request('ekiden/v1/frameworks', { signal }), [], [changes]);
  const problem = problemOf(agents) ?? problemOf(frameworks);
  return (
    <>
      <TitleRow>
        <h1>Nodes</h1>
        <Button
          busy={agents.isLoading}
          onClick={() => {
            agents.reload();
            frameworks.reload();
          }}
        >
          Read again
        </Button>
      </TitleRow>
      {problem === undefined ? null : (
        <Notice level="bad" title="The master could not be asked">
          {problem}
        </Notice>
      )}
      {agents.data === undefined ? (
        problem === undefined ? (
          <Loading what="the agents" />
        ) : null
      ) : (
        <>
          <Totals agents={agents.data.agents} />
          <h2>Agents</h2>
          <AgentList agents={agents.data.agents} />
        </>
      )}
      {frameworks.data === undefined ? null : (
        <>
          <h2>Frameworks</h2>
          <FrameworksTable frameworks={frameworks.data.frameworks} />
        </>
      )}
    </>
  );
}
