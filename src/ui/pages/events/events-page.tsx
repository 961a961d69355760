import { Empty } from '../../components/loading.js';

export default function EventsPage() {
  return <Empty>Nothing here.</Empty>;
}
