import { useState } from 'preact/hooks';
import type { LbBackend } from '../../api/edge-live.js';
import { Button, ButtonLink } from '../../components/button.js';
import { Menu } from '../../components/menu.js';
import type { Level } from '../../components/notice.js';
import { Sparkline } from '../../components/sparkline.js';
import { Label } from '../../components/status-label.js';
import { countText, numberText } from '../../components/text.js';
import { linePoints } from '../../stores/backend-samples.js';
import { useEdgeView } from './edge-view.js';
import type { RowState, RuleRow } from './rule-rows.js';
import { ServerTable } from './server-table.js';
import { loadOf, loadText } from './server-words.js';

export const stateTexts: Readonly<Record<RowState, string>> = {
  inForce: 'In force',
  shadowed: 'Shadowed',
  rejected: 'Rejected',
  waiting: 'Waiting',
  missingApp: 'Missing app in Marathon',
  noRule: 'No rule',
};

const stateLevels: Readonly<Record<RowState, Level | 'off'>> = {
  inForce: 'good',
  shadowed: 'warning',
  rejected: 'bad',
  waiting: 'off',
  missingApp: 'warning',
  noRule: 'off',
};

/** What a line can be asked to do. */
export interface LineActions {
  readonly remove: () => unknown;
  /** Moves it by so many places; undefined: it cannot be moved. */
  readonly move: ((by: number) => unknown) | undefined;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Requests of several backends in each second, as one line. */
function rates(names: readonly string[]): readonly (number | null)[] {
  const { live } = useEdgeView();
  void live.backends.value;
  const [first, ...others] = names.map((name) => live.samples.of(name).rate);
  if (first === undefined) return [];
  return first.map((value, index) =>
    others.reduce<number | null>((sum, other) => {
      const more = other[index] ?? null;
      return sum === null ? more : more === null ? sum : sum + more;
    }, value),
  );
}

function Live({ row, backends }: { readonly row: RuleRow; readonly backends: readonly LbBackend[] | undefined }) {
  const line = linePoints(rates(row.backends), 100, 24);
  if (row.backends.length === 0) {
    return <span class="muted">{row.app === null ? '–' : countText(row.app.instances, 'instance')}</span>;
  }
  if (backends === undefined) {
    const { live, all } = row.routes[0]?.servers ?? { live: null, all: 0 };
    return <span class="muted">{live === null ? countText(all, 'server') : `${live} of ${all} live`}</span>;
  }
  const load = loadOf(backends);
  const level = load.all === 0 || load.up === 0 ? 'bad' : load.up < load.all ? 'warning' : 'good';
  return (
    <div class="rule-load">
      <div>
        <Label level={level}>{loadText(load)}</Label>
        <div class="muted">
          {countText(load.sessions, 'session')}, {numberText(load.rate)}/s
        </div>
      </div>
      <Sparkline lines={line} />
    </div>
  );
}

/** A line of the list: a rule with what it comes to, or an app that has none. */
export function RuleLine({
  row,
  backends,
  actions,
  dragged,
}: {
  readonly row: RuleRow;
  /** Of its routes; undefined: HAProxy has said nothing yet. */
  readonly backends: readonly LbBackend[] | undefined;
  readonly actions: LineActions;
  /** What is dragged over it and dropped on it. */
  readonly dragged: {
    readonly begin: () => void;
    readonly end: () => void;
    readonly drop: (isAfter: boolean) => void;
    readonly isAny: boolean;
  };
}) {
  const { href, appHref } = useEdgeView();
  const [isOpen, setOpen] = useState(false);
  const [over, setOver] = useState<'before' | 'after'>();
  const { id, rule, app, state, why, place } = row;
  const { move, isFirst, isLast } = actions;
  const appLink = app === null ? undefined : appHref(id);
  const edit = href('rule', { id });
  const servers = backends === undefined ? [] : loadOf(backends).servers;

  const sideOf = (event: DragEvent & { readonly currentTarget: HTMLElement }): 'before' | 'after' => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    return event.clientY < top + height / 2 ? 'before' : 'after';
  };
  return (
    <li
      class={['rule', over === undefined ? '' : `rule-drop-${over}`].join(' ').trim()}
      onDragOver={(event) => {
        if (!dragged.isAny || place === null) return;
        event.preventDefault();
        setOver(sideOf(event));
      }}
      onDragLeave={() => setOver(undefined)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(undefined);
        if (place !== null) dragged.drop(sideOf(event) === 'after');
      }}
    >
      <div class="rule-place">
        {move === undefined ? null : (
          <>
            <span
              class="rule-handle"
              draggable
              aria-hidden="true"
              title="Drag to another place"
              onDragStart={(event) => {
                event.dataTransfer?.setData('text/plain', id);
                if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = 'move';
                dragged.begin();
              }}
              onDragEnd={dragged.end}
            >
              ⠿
            </span>
            <span class="number">{place}</span>
            <span class="rule-arrows">
              <button type="button" aria-label={`Move ${id} up`} disabled={isFirst} onClick={() => void move(-1)}>
                ▲
              </button>
              <button type="button" aria-label={`Move ${id} down`} disabled={isLast} onClick={() => void move(1)}>
                ▼
              </button>
            </span>
          </>
        )}
      </div>
      <div class="rule-what">
        <strong class="wrap">{appLink === undefined ? id : <a href={appLink}>{id}</a>}</strong>
        {rule === null ? (
          <span class="muted wrap">{why}</span>
        ) : (
          <>
            <code class="wrap">{rule.acl}</code>
            {rule.settings !== null && rule.settings.servers.length > 0 ? (
              <span class="muted wrap">to {rule.settings.servers.join(', ')}</span>
            ) : null}
          </>
        )}
      </div>
      <div class="rule-priority number">
        {rule === null ? null : (
          <>
            <span class="rule-caption">Priority </span>
            {rule.settings?.priority ?? '–'}
          </>
        )}
      </div>
      <div class="rule-state">
        <Label level={stateLevels[state]}>{stateTexts[state]}</Label>
        {rule === null || why === null ? null : <div class="lb-row-why wrap">{why}</div>}
      </div>
      <div class="rule-live">
        <Live row={row} backends={backends} />
      </div>
      <div class="rule-actions">
        {servers.length === 0 ? null : (
          <button
            type="button"
            class="button button-small button-plain"
            aria-expanded={isOpen}
            aria-label={`Servers of ${id}`}
            onClick={() => setOpen(!isOpen)}
          >
            Servers {isOpen ? '▴' : '▾'}
          </button>
        )}
        {rule === null ? (
          <ButtonLink href={edit}>
            <span aria-hidden="true">+</span> Add a rule<span class="hidden-text"> for {id}</span>
          </ButtonLink>
        ) : (
          <>
            <ButtonLink href={edit}>
              Edit<span class="hidden-text"> the rule of {id}</span>
            </ButtonLink>
            <Menu
              label={`More of ${id}`}
              items={[
                { text: 'Delete the rule', act: actions.remove, danger: true },
                ...(move === undefined
                  ? []
                  : [
                      {
                        text: 'Try first of all rules',
                        act: () => move(-Infinity),
                        ...(isFirst ? { blocked: 'It is the first one' } : {}),
                      },
                      {
                        text: 'Try last of all rules',
                        act: () => move(Infinity),
                        ...(isLast ? { blocked: 'It is the last one' } : {}),
                      },
                    ]),
              ]}
            />
          </>
        )}
      </div>
      {isOpen ? (
        <div class="rule-servers">
          <ServerTable servers={servers} label={`Servers of ${id}`} />
        </div>
      ) : null}
    </li>
  );
}

/** The names of the columns; they say nothing that the lines do not say by themselves. */
export function RuleHead() {
  return (
    <div class="rule rule-head" aria-hidden="true">
      <span>Order</span>
      <span>App or rule, ACL</span>
      <span class="number">Priority</span>
      <span>State</span>
      <span>Servers</span>
      <span />
    </div>
  );
}

/** Asks for another page of the list. */
export function MoreLines({ shown, all, more }: { shown: number; all: number; more: () => void }) {
  return all <= shown ? null : (
    <p class="row">
      <Button onClick={more}>Show more</Button>
      <span class="muted">
        {shown} of {all}
      </span>
    </p>
  );
}
