import { Empty } from '../../components/loading.js';

export default function WelcomePage() {
  return <Empty>Nothing here.</Empty>;
}
