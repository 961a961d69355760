import { ButtonLink } from '../../components/button.js';
import { links } from '../../router/links.js';
import { ExampleCard } from './example-card.js';
import { examples } from './examples.js';
import { NextSteps } from './next-steps-list.js';
import './welcome.css';

/** What this is, applications to begin with, and what to do then. */
export function Welcome() {
  const named = examples.find(({ host }) => host !== undefined);
  return (
    <div class="welcome">
      <h1>Welcome to Ekiden</h1>
      <ul class="welcome-lines">
        <li>
          <strong>It keeps applications running.</strong> Say what is to run and how many of it: Ekiden launches it on
          the agents of a Mesos cluster and replaces what fails. The API is Marathon’s.
        </li>
        <li>
          <strong>It gives them names.</strong> The DNS answers for every application with the instances that it has
          now, as Mesos-DNS does.
        </li>
        <li>
          <strong>It leads requests to them.</strong> HAProxy follows the same instances: by service port, by host name,
          by rule.
        </li>
      </ul>
      <div class="row">
        <ButtonLink kind="primary" href={links.create()}>
          Create an application
        </ButtonLink>
        <ButtonLink href={links.applications()}>See the applications</ButtonLink>
      </div>
      <h2>Or begin with an example</h2>
      <div class="welcome-examples">
        {examples.map((example) => (
          <ExampleCard key={example.name} example={example} />
        ))}
      </div>
      {named?.host === undefined ? null : (
        <>
          <h2>Then</h2>
          <NextSteps appId={named.definition.id} host={named.host} />
        </>
      )}
    </div>
  );
}
