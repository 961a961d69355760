import { signal } from '@preact/signals';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { links } from '../../router/links.js';
import { place } from '../../router/place.js';
import { apps, followScheduler, groups, isComplete } from '../../stores/overview.js';
import { Welcome } from '../welcome/welcome.js';
import { AppsList } from './apps-list.js';
import { Filters } from './filters.js';
import { isThere, scope } from './list-model.js';
import { Breadcrumbs, ListTitle, Toolbar } from './toolbar.js';
import './applications.css';

/** Whether there has been an app since this page was loaded: whoever destroyed the last one is no newcomer. */
const hadApps = signal(false);

function Waiting() {
  const isLost = followScheduler().connection.value === 'reconnecting';
  return isLost ? (
    <Notice level="warning" title="The scheduler does not answer">
      It is asked again every few seconds; the applications are shown as soon as it does.
    </Notice>
  ) : (
    <Loading what="the applications" />
  );
}

function Listed() {
  const [isOpen, setOpen] = useState(false);
  const filtersId = useId();
  return (
    <div class="apps">
      <Breadcrumbs />
      <ListTitle />
      {isThere.value ? (
        <>
          <Toolbar filtersId={filtersId} isOpen={isOpen} toggle={() => setOpen(!isOpen)} />
          <div class="apps-body">
            <Filters id={filtersId} isOpen={isOpen} />
            <div class="apps-list">
              <AppsList />
            </div>
          </div>
        </>
      ) : (
        <Notice level="warning" title={`There is no group ${scope.value}`}>
          It may have been destroyed. <a href={links.applications()}>See all applications</a>
        </Notice>
      )}
    </div>
  );
}

/** The applications and groups of the scheduler; on the first page of an empty one, what could be done. */
export default function ApplicationsPage() {
  const isEmpty = apps.value.all.size === 0;
  useEffect(() => {
    if (!isEmpty) hadApps.value = true;
  }, [isEmpty]);
  // Who deploys an example there goes on reading
  const isGreeted = useRef(false);
  if (!isComplete.value) return <Waiting />;
  if (place.value.segments.length > 0) isGreeted.current = false;
  else if (isEmpty && !hadApps.value && groups.value.length <= 1) isGreeted.current = true;
  return isGreeted.current ? <Welcome /> : <Listed />;
}
