import { Empty } from '../../components/loading.js';

export default function DeploymentsPage() {
  return <Empty>Nothing here.</Empty>;
}
