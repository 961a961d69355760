import { Empty } from '../../components/loading.js';

export default function RoutesPage() {
  return <Empty>Nothing here.</Empty>;
}
