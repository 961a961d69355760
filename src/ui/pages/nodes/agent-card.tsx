import { useState } from 'preact/hooks';
import type { Agent } from '../../api/cluster.js';
import { Notice } from '../../components/notice.js';
import { countText } from '../../components/text.js';
import { Ago } from '../../components/time.js';
import { links } from '../../router/links.js';
import { portsText } from './agent-list.js';
import { ResourceBars } from './resource-bars.js';

/** So many tasks are drawn. */
const maxTasks = 200;

function Tasks({ agent }: { readonly agent: Agent }) {
  const { tasks, taskCount } = agent;
  const shown = tasks.slice(0, maxTasks);
  return (
    <div class="scroll-x">
      <table class="agent-tasks" aria-label={`Tasks on ${agent.host}`}>
        <thead>
          <tr>
            <th scope="col">App</th>
            <th scope="col">Task</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ id, app, state }) => (
            <tr key={id}>
              <td>
                <a href={links.app(app)}>{app}</a>
              </td>
              <td>
                <a class="mono wrap" href={links.task(app, id)}>
                  {id}
                </a>
              </td>
              <td>{state.replace(/^TASK_/, '').toLowerCase()}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {taskCount > shown.length ? <p class="muted">And {taskCount - shown.length} more.</p> : null}
    </div>
  );
}

/** An agent with what it has, what is used of it and what runs there. */
export function AgentCard({ agent }: { readonly agent: Agent }) {
  const [isOpen, setOpen] = useState(false);
  const { id, host, address, registeredAt, total, used, attributes, region, zone, withheld, taskCount, otherTasks } =
    agent;
  const chips = [
    ...(region === null ? [] : [['region', region] as const]),
    ...(zone === null ? [] : [['zone', zone] as const]),
    ...Object.entries(attributes),
  ];
  return (
    <section class="panel agent" aria-label={`Agent ${host}`}>
      <header>
        <h3>{host}</h3>
        <p class="muted agent-facts">
          <code>{id}</code>
          <span>at {address}</span>
          <span>
            registered <Ago at={registeredAt} />
          </span>
        </p>
        {chips.length === 0 ? null : (
          <ul class="agent-chips" aria-label="Attributes">
            {chips.map(([name, value]) => (
              <li key={name}>
                <span class="muted">{name}</span> {value}
              </li>
            ))}
          </ul>
        )}
      </header>
      {withheld === null ? null : (
        <Notice level="warning" title="Nothing of it is offered">
          {withheld}
        </Notice>
      )}
      <ResourceBars total={total} used={used} />
      <p class="muted agent-ports">
        Ports in use: <span class="mono wrap">{portsText(used.ports)}</span> of{' '}
        <span class="mono wrap">{portsText(total.ports)}</span>
      </p>
      {taskCount === 0 ? (
        <p class="muted">No tasks of this scheduler{otherTasks > 0 ? `, ${otherTasks} of others` : ''}.</p>
      ) : (
        <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {countText(taskCount, 'task')}
            {otherTasks > 0 ? `, and ${otherTasks} of other frameworks` : ''}
          </summary>
          {isOpen ? <Tasks agent={agent} /> : null}
        </details>
      )}
    </section>
  );
}
