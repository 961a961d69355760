import { Empty } from '../../components/loading.js';

export default function NodesPage() {
  return <Empty>Nothing here.</Empty>;
}
