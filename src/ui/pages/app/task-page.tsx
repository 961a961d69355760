import { Empty } from '../../components/loading.js';

export default function TaskPage() {
  return <Empty>Nothing here.</Empty>;
}
