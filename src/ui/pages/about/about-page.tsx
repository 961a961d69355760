import { Empty } from '../../components/loading.js';

export default function AboutPage() {
  return <Empty>Nothing here.</Empty>;
}
