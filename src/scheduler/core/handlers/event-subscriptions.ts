import type { Command, Outcome } from '../commands.js';
import type { Tx } from '../tx.js';

/** Every event is posted to each of them. */
const maxCallbackUrls = 100;

/**
 * Begins or ends that events are posted to a URL. What is so already is no error and published all the same, as in Marathon. The
 * URL itself was looked at before.
 */
export function changeSubscription(
  tx: Tx,
  { type, clientIp, callbackUrl }: Extract<Command, { type: 'subscribe' | 'unsubscribe' }>,
): Outcome {
  const urls = new Set(tx.state.callbackUrls);
  if (type === 'subscribe') urls.add(callbackUrl);
  else urls.delete(callbackUrl);
  if (urls.size > maxCallbackUrls) {
    const error = `cannot be subscribed: ${maxCallbackUrls} URLs are, and no more may be; end the subscription of another`;
    return {
      type: 'rejected',
      rejection: { kind: 'invalid', violations: [{ path: '/callbackUrl', errors: [error] }] },
    };
  }
  if (urls.size !== tx.state.callbackUrls.size) tx.setCallbackUrls(urls);
  tx.publish({ type: `${type}_event`, clientIp, callbackUrl });
  return { type: 'done' };
}
