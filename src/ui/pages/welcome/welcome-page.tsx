import { Welcome } from './welcome.js';

/** The first page of an empty scheduler, at an address of its own. */
export default function WelcomePage() {
  return <Welcome />;
}
