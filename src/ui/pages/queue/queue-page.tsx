import { Empty } from '../../components/loading.js';

export default function QueuePage() {
  return <Empty>Nothing here.</Empty>;
}
