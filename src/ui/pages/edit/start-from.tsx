import { useId } from 'preact/hooks';
import { confirm } from '../../components/ask.js';
import { place, setQuery } from '../../router/place.js';
import { examples } from '../welcome/examples.js';

/** The choice of what something new begins with. */
export function StartFrom({ isDirty, onChoose }: { readonly isDirty: boolean; readonly onChoose: () => void }) {
  const id = useId();
  const { example = '', copy } = place.value.query;
  const choose = async (select: HTMLSelectElement): Promise<void> => {
    const name = select.value;
    const go =
      !isDirty ||
      (await confirm({
        title: 'Begin anew?',
        text: <p>What was filled in here would be lost.</p>,
        action: 'Begin anew',
        danger: true,
      }));
    if (!go) {
      select.value = example;
      return;
    }
    onChoose();
    setQuery({ example: name, copy: undefined });
  };
  return (
    <div class="row">
      <label for={id}>Start from</label>
      <select id={id} value={example} onChange={(event) => void choose(event.currentTarget)}>
        <option value="">{copy === undefined ? 'Nothing' : `A copy of ${copy}`}</option>
        {examples.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <span class="muted">{examples.find(({ name }) => name === example)?.text}</span>
    </div>
  );
}
