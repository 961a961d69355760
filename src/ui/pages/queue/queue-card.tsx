import type { QueueEntry, UnusedOffer } from '../../api/queue.js';
import { resetDelay } from '../../actions/app-actions.js';
import { Button } from '../../components/button.js';
import { Label } from '../../components/status-label.js';
import { amountText, countText } from '../../components/text.js';
import { Ago } from '../../components/time.js';
import { now } from '../../live/now.js';
import { links } from '../../router/links.js';
import { appNow } from '../../stores/overview.js';
import { amountNames, haveOf, needOf, offersText, queuedId, reasonText, rolesOf } from './needs.js';
import type { Amounts } from './needs.js';

/** Offers of so many agents are shown of each app. */
const maxOffers = 20;

const titles: Readonly<Record<keyof Amounts, string>> = {
  cpus: 'CPUs',
  mem: 'Memory',
  disk: 'Disk',
  gpus: 'GPUs',
  ports: 'Ports',
};

function OfferRow({ unused, need }: { readonly unused: UnusedOffer; readonly need: Amounts }) {
  const have = haveOf(unused);
  const roles = rolesOf(unused);
  return (
    <tr>
      <th scope="row">
        <a href={links.nodes(unused.offer.hostname)}>{unused.offer.hostname}</a>
        {roles.length === 0 ? null : <span class="muted"> role {roles.join(', ')}</span>}
      </th>
      {amountNames.map((name) => {
        const isShort = have[name] < need[name];
        return (
          <td key={name} class={isShort ? 'number short' : 'number'}>
            {amountText(name, have[name])}
            {isShort ? <span class="hidden-text"> (too little)</span> : null}
          </td>
        );
      })}
      <td>{unused.reason.map(reasonText).join(', ')}</td>
      <td>
        <Ago at={unused.timestamp} />
      </td>
    </tr>
  );
}

/** What it needs, held against the last offer of each agent that was not used. */
function NeedAndHave({ entry }: { readonly entry: QueueEntry }) {
  const need = needOf(entry);
  const offers = entry.lastUnusedOffers ?? [];
  const constraints = entry.app?.constraints ?? [];
  return (
    <>
      {constraints.length === 0 ? null : (
        <p>
          Constraints:{' '}
          {constraints.map((constraint, index) => (
            <code key={index} class="constraint">
              {constraint.join(' ')}
            </code>
          ))}
        </p>
      )}
      <div class="scroll-x" role="region" aria-label={`Offers for ${queuedId(entry)}`} tabIndex={0}>
        <table class="need-and-have" aria-label={`What ${queuedId(entry)} needs, and what the last unused offers had`}>
          <thead>
            <tr>
              <td />
              {amountNames.map((name) => (
                <th key={name} scope="col" class="number">
                  {titles[name]}
                </th>
              ))}
              <th scope="col">Why it was not used</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            <tr class="need">
              <th scope="row">One instance needs</th>
              {amountNames.map((name) => (
                <td key={name} class="number">
                  {amountText(name, need[name])}
                </td>
              ))}
              <td />
              <td />
            </tr>
            {offers.slice(0, maxOffers).map((unused) => (
              <OfferRow key={unused.offer.agentId} unused={unused} need={need} />
            ))}
          </tbody>
        </table>
      </div>
      {offers.length > maxOffers ? (
        <p class="muted">And the offers of {countText(offers.length - maxOffers, 'more agent')}.</p>
      ) : null}
    </>
  );
}

/** An app or pod that waits. `readAtMs`: when the queue was read. */
export function QueueCard({ entry, readAtMs }: { readonly entry: QueueEntry; readonly readAtMs: number }) {
  const id = queuedId(entry);
  const app = appNow(id);
  const untilMs = Math.max(Date.parse(app?.delayedUntil ?? '') || 0, readAtMs + entry.delay.timeLeftSeconds * 1000);
  const isHeld = !entry.delay.overdue && untilMs > now.value;
  return (
    <section class="panel queued" aria-label={`Queue entry of ${id}`}>
      <header class="row spread">
        <h2>
          <a href={links.app(id, 'debug')}>{id}</a>
        </h2>
        <div class="row">
          {isHeld ? (
            <>
              <Label level="bad">
                Delayed, launches go on <Ago at={new Date(untilMs).toISOString()} />
              </Label>
              <Button
                small
                label={`Reset delay of ${id}`}
                onClick={() => resetDelay({ id, kind: app?.kind ?? 'app', instances: app?.instances ?? 0 })}
              >
                Reset delay
              </Button>
            </>
          ) : (
            <Label level="warning">Waiting for offers</Label>
          )}
        </div>
      </header>
      <p>
        <strong>{countText(entry.count, 'instance')}</strong> to be launched, queued <Ago at={entry.since} />.{' '}
        {isHeld ? 'Instances ended by themselves, so the next launch is put off. ' : null}
        {offersText(entry)} <a href={links.app(id, 'debug')}>What would help</a>
      </p>
      <NeedAndHave entry={entry} />
    </section>
  );
}
