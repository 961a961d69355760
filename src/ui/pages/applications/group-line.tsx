import { useMemo } from 'preact/hooks';
import { destroyGroup, scaleGroup } from '../../actions/group-actions.js';
import type { ActedGroup } from '../../actions/group-actions.js';
import { HealthBar } from '../../components/health-bar.js';
import { Menu } from '../../components/menu.js';
import type { MenuItem } from '../../components/menu.js';
import { StatusLabel } from '../../components/status-label.js';
import { countText, mibText, numberText } from '../../components/text.js';
import { links } from '../../router/links.js';
import { apps } from '../../stores/overview.js';
import { Cell, InstanceCount, Total } from './cells.js';
import { prefixOf } from './group-rows.js';
import type { GroupRow } from './group-rows.js';

function actedOn(id: string): ActedGroup {
  const prefix = prefixOf(id);
  const below = [...apps.peek().all.values()].filter((app) => app.id.startsWith(prefix));
  return { id, below: below.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** What can be done with a group. `destroyed`: called when it was destroyed. */
export function groupItems(id: string, destroyed: () => void = () => undefined): readonly MenuItem[] {
  return [
    {
      text: 'Create application here',
      act: () => {
        location.hash = links.create({ group: id });
      },
    },
    { text: 'Scale group …', act: () => scaleGroup(actedOn(id)) },
    ...(id === '/'
      ? []
      : [
          {
            text: 'Destroy group …',
            danger: true,
            act: async () => {
              if (await destroyGroup(actedOn(id))) destroyed();
            },
          },
        ]),
  ];
}

function GroupIcon() {
  return (
    <svg class="apps-group-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M1.5 4a1 1 0 0 1 1-1h3.6l1.5 1.8h5.9a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1Z" />
    </svg>
  );
}

function cellsOf({ id, apps: count, cpus, mem, statuses, running, instances, counts }: GroupRow) {
  return (
    <>
      <Cell name="name">
        <span class="apps-title">
          <GroupIcon />
          <a href={links.group(id)} title={id}>
            {id.slice(id.lastIndexOf('/') + 1)}
          </a>
        </span>
        <span class="apps-more">{count === 0 ? 'empty group' : countText(count, 'application')}</span>
      </Cell>
      <Cell name="cpus">
        <Total text={numberText(cpus)} title="CPUs of all wanted instances in this group together" />
      </Cell>
      <Cell name="mem">
        <Total text={mibText(mem)} title="Memory of all wanted instances in this group together" />
      </Cell>
      <Cell name="status">
        <span class="apps-statuses">
          {statuses.slice(0, 2).map(({ status, count: some }) => (
            <span key={status}>
              <StatusLabel status={status} /> <span class="muted">{some}</span>
            </span>
          ))}
          {statuses.length > 2 ? (
            <small
              title={statuses
                .slice(2)
                .map(({ status, count: some }) => `${some} ${status}`)
                .join(', ')}
            >
              and others
            </small>
          ) : null}
        </span>
      </Cell>
      <Cell name="instances">
        <InstanceCount running={running} wanted={instances} />
      </Cell>
      <Cell name="health">
        <HealthBar counts={counts} />
      </Cell>
      <Cell name="menu">
        <Menu label={`Actions for the group ${id}`} items={groupItems(id)} />
      </Cell>
    </>
  );
}

/** A group as a line, with the sums of what is in it; drawn again only when it is another line. */
export function GroupLine({ group }: { readonly group: GroupRow }) {
  return useMemo(() => cellsOf(group), [group]);
}
