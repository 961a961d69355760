import { messageOf } from '../../../common/errors.js';
import { addressOf } from '../scheduler-access.js';
import type { SchedulerAccess } from '../scheduler-access.js';

/** What became of a subscription: a Marathon from 1.5 on, or one that was not started with `--event_subscriber http_callback`, has none. */
export type Subscription = { readonly isSubscribed: true } | { readonly isSubscribed: false; readonly reason: string };

async function send(
  method: 'POST' | 'DELETE',
  { base, access, callbackUrl }: { base: string; access: SchedulerAccess; callbackUrl: string },
): Promise<Subscription> {
  try {
    const url = addressOf(base, `/v2/eventSubscriptions?callbackUrl=${encodeURIComponent(callbackUrl)}`);
    const { status } = await access.request({ method, url, headers: { Accept: 'application/json' } });
    if (status >= 200 && status < 300) return { isSubscribed: true };
    const why =
      status === 400
        ? ' (it needs --event_subscriber http_callback)'
        : status === 404 || status === 405 || status === 501
          ? ' (Marathon has no callbacks from 1.5 on)'
          : '';
    return { isSubscribed: false, reason: `it answers ${status}${why}` };
  } catch (error) {
    return { isSubscribed: false, reason: messageOf(error) };
  }
}

type Subscriber = { readonly base: string; readonly access: SchedulerAccess; readonly callbackUrl: string };

/** Asks a Marathon to post its events to `callbackUrl` (`POST /v2/eventSubscriptions`). */
export function subscribe(subscriber: Subscriber): Promise<Subscription> {
  return send('POST', subscriber);
}

/** Takes that back. */
export function unsubscribe(subscriber: Subscriber): Promise<Subscription> {
  return send('DELETE', subscriber);
}
