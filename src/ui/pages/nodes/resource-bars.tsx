import { Meter } from '../../components/meter.js';
import { amountText } from '../../components/text.js';
import { scalarNames } from './agent-list.js';
import type { ScalarName, Scalars } from './agent-list.js';

const titles: Readonly<Record<ScalarName, string>> = { cpus: 'CPUs', mem: 'Memory', disk: 'Disk', gpus: 'GPUs' };
/** From this share on a bar says that there is hardly anything left. */
const nearlyFull = 0.9;

/** How much is used of each resource that there is any of. */
export function ResourceBars({ total, used }: { readonly total: Scalars; readonly used: Scalars }) {
  return (
    <dl class="resource-bars">
      {scalarNames.map((name) => {
        if (total[name] === 0 && name === 'gpus') return null;
        const text = `${amountText(name, used[name])} of ${amountText(name, total[name])}`;
        return (
          <div key={name}>
            <dt>{titles[name]}</dt>
            <dd>
              <span>{text}</span>
              <Meter
                value={used[name]}
                max={total[name]}
                text={`${titles[name]}: ${text} used`}
                level={total[name] > 0 && used[name] / total[name] >= nearlyFull ? 'warning' : undefined}
              />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
