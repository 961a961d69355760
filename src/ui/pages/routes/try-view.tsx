import { useState } from 'preact/hooks';
import type { Explanation } from '../../api/routing.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { edgeRequest } from '../../http/edge-request.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { place, setQuery } from '../../router/place.js';
import { useEdgeView } from './edge-view.js';
import { ExplanationView } from './explanation-view.js';
import { explainPath, isAsked, questionOf } from './question.js';
import { QuestionForm } from './question-form.js';

/** "Try a request": what becomes of it, and why; asked again whenever something changes. What is asked stands in the address. */
export function TryView() {
  const { edge, live } = useEdgeView();
  const asked = questionOf(place.value.query);
  const [question, change] = useState(asked);
  const revisions = live.revisions.value;
  const path = explainPath(asked);
  const loaded = useLoaded(
    async (signal) => (isAsked(asked) ? edgeRequest<Explanation>(edge, path, { signal }) : null),
    [edge ?? null, path],
    [revisions?.process ?? null, revisions?.routing ?? null],
  );
  const problem = problemOf(loaded);
  return (
    <>
      <h2>Try a request</h2>
      <p class="muted">
        Nothing is sent: the load balancer says what would become of it, by the rules, labels and servers of now.
      </p>
      <div class="panel">
        <QuestionForm
          isFull
          question={question}
          change={change}
          submit={() => {
            setQuery({ ...question });
            loaded.reload();
          }}
        />
      </div>
      <div aria-live="polite">
        {problem !== undefined ? (
          <Notice level="bad" title="It cannot be said">
            {problem}
          </Notice>
        ) : loaded.data !== undefined && loaded.data !== null ? (
          <ExplanationView explanation={loaded.data} />
        ) : isAsked(asked) ? (
          <Loading what="the answer" />
        ) : null}
      </div>
    </>
  );
}
