import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { spanText } from '../../components/text.js';
import { AllRoutesView } from './all-routes-view.js';
import { EdgeViewProvider } from './edge-view.js';
import type { EdgeView, View } from './edge-view.js';
import { HaproxyView } from './haproxy-view.js';
import { HistoryView } from './history-view.js';
import { RuleView } from './rule-view.js';
import { RulesView } from './rules-view.js';
import { TryView } from './try-view.js';
import './routes.css';

const contents = {
  main: RulesView,
  try: TryView,
  all: AllRoutesView,
  history: HistoryView,
  haproxy: HaproxyView,
  rule: RuleView,
} as const satisfies Readonly<Record<View, preact.ComponentType>>;

/** One of the views of a load balancer. */
export function EdgeViews({ context, view }: { readonly context: EdgeView; readonly view: View }) {
  const { live, name } = context;
  const Content = contents[view];
  const { pollMs, isLocked } = live;
  if (isLocked.value) {
    return (
      <Notice level="warning" title={`${name} asks for a password`}>
        It was started with --lb_credentials.{' '}
        <Button small onClick={() => live.unlock()}>
          Log in
        </Button>
      </Notice>
    );
  }
  return (
    <EdgeViewProvider value={context}>
      {pollMs.value === undefined ? null : (
        <p class="muted" role="status">
          You are logged in with {name}: its live stream cannot be used with a password from here, so it is read every{' '}
          {spanText(pollMs.value)}.
        </p>
      )}
      <Content />
    </EdgeViewProvider>
  );
}
