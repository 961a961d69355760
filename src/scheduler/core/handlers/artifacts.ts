import type { Tx } from '../tx.js';

/** A download has ended: deployments that wait for it go on or fail, apps that wait for offers may be launched. */
export function handleArtifact(
  tx: Tx,
  url: string,
  result: { readonly uri: string } | { readonly error: string },
): void {
  tx.setArtifact(url, result);
  tx.hopeForOffers();
  for (const deployment of tx.state.deployments.values()) {
    const actions = deployment.steps[deployment.currentStep]?.actions ?? [];
    for (const { action, id } of actions) if (action === 'ResolveArtifacts') tx.dirtyApps.add(id);
  }
}
