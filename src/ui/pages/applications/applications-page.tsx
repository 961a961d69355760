import { Empty } from '../../components/loading.js';

export default function ApplicationsPage() {
  return <Empty>Nothing here.</Empty>;
}
