import { Empty } from '../../components/loading.js';

export default function AppPage() {
  return <Empty>Nothing here.</Empty>;
}
