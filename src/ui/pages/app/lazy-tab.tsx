import { useEffect, useState } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { messageOf } from '../../http/api-error.js';

/** A view that is loaded when it is opened first. `what`: it shows that, in words. */
export function lazyTab<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
  what: string,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function LazyTab(props: Props) {
    const [, redraw] = useState(0);
    const [problem, setProblem] = useState<string>();
    useEffect(() => {
      if (loaded !== undefined) return;
      let isCurrent = true;
      load().then(
        (module) => {
          loaded = module.default;
          if (isCurrent) redraw((n) => n + 1);
        },
        (error: unknown) => isCurrent && setProblem(messageOf(error)),
      );
      return () => {
        isCurrent = false;
      };
    }, []);
    const View = loaded;
    if (View !== undefined) return <View {...props} />;
    if (problem === undefined) return <Loading what={what} />;
    return (
      <Notice level="bad" title="This view could not be loaded">
        {problem} <button onClick={() => location.reload()}>Load everything again</button>
      </Notice>
    );
  };
}
