import { ApiError } from '../http/api-error.js';
import { confirm } from '../components/ask.js';
import { links } from '../router/links.js';

/**
 * Does something that a running deployment may be in the way of (409). Asks then whether to go on by force, which stops that deployment,
 * and does it again. Returns what `act` gives; undefined when it was better left. Throws what else goes wrong.
 */
export async function withForce<T>(act: (force: boolean) => Promise<T>): Promise<T | undefined> {
  try {
    return await act(false);
  } catch (error) {
    // Without deployments in the way it is another conflict, such as an id that is taken: no force helps
    if (!(error instanceof ApiError) || error.status !== 409 || error.deployments.length === 0) throw error;
    const go = await confirm({
      title: 'Another deployment is under way',
      text: (
        <>
          <p>{error.message}</p>
          <p>
            By force that deployment is stopped as far as it has come, and this begins at once.{' '}
            <a href={links.deployments()}>See the deployments</a>
          </p>
        </>
      ),
      action: 'Go on by force',
      danger: true,
    });
    return go ? act(true) : undefined;
  }
}
