import type { Explanation } from '../../../api/explanation.js';
import type { Queue } from '../../../api/queue.js';
import { Ago } from '../../../components/time.js';
import { request } from '../../../http/request.js';
import { useLoaded } from '../../../live/use-loaded.js';
import { reasonText } from './reasons.js';

/** How many offers were seen for what waits, and at what they were declined. */
export function OfferNumbers({
  id,
  explanation,
  revision,
}: {
  readonly id: string;
  readonly explanation: Explanation;
  readonly revision: number;
}) {
  const { offers } = explanation;
  const isWaiting = offers !== undefined;
  const { data } = useLoaded(
    async (signal) => {
      if (!isWaiting) return undefined;
      const { queue } = await request<Queue>('v2/queue', { signal });
      return queue.find(({ app, pod }) => (app ?? pod)?.id === id)?.processedOffersSummary;
    },
    [id],
    // Offers come without a change of the app: it is read again with the explanation
    [revision, isWaiting, offers?.processed],
  );
  if (offers === undefined) return null;
  const declined = (data?.rejectSummaryLaunchAttempt ?? []).filter((step) => step.declined > 0);
  return (
    <>
      <h3>Offers</h3>
      <dl class="app-facts">
        <div>
          <dt>Seen since it waits</dt>
          <dd>{offers.processed}</dd>
        </div>
        <div>
          <dt>Declined</dt>
          <dd>
            {offers.unused}{' '}
            {offers.lastUnusedAt === undefined ? null : (
              <span class="muted">
                the last <Ago at={offers.lastUnusedAt} />
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>Used last</dt>
          <dd>
            <Ago at={offers.lastUsedAt} />
          </dd>
        </div>
      </dl>
      {declined.length === 0 ? null : (
        <table aria-label="Declined offers" class="declined">
          <thead>
            <tr>
              <th scope="col">Declined for</th>
              <th scope="col" class="number">
                Offers
              </th>
              <th scope="col" class="number">
                Of those that came so far
              </th>
            </tr>
          </thead>
          <tbody>
            {declined.map(({ reason, declined: count, processed }) => (
              <tr key={reason}>
                <td title={reason}>{reasonText(reason)}</td>
                <td class="number">{count}</td>
                <td class="number">{processed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
