const words: Readonly<Record<string, string>> = {
  Start: 'Create',
  Scale: 'Scale',
  Restart: 'Replace the instances of',
  Stop: 'Stop',
};

/** What an action of a deployment does, in words that its app or pod follows: `Scale`, of Marathon's `ScaleApplication`. */
export function actionWords(action: string): string {
  if (action === 'ResolveArtifacts') return 'Fetch the artifacts of';
  return words[action.replace(/(?:Application|Pod)$/, '')] ?? action;
}
