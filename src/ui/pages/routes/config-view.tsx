import { useMemo, useState } from 'preact/hooks';
import { Button } from '../../components/button.js';
import { CopyButton } from '../../components/copy.js';
import { Empty } from '../../components/loading.js';
import { countText } from '../../components/text.js';
import { VirtualList } from '../../components/virtual-list.js';
import { configSections, linesWith } from './config-sections.js';

/** Gives the reader a text as a file. */
function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** The configuration that HAProxy runs; a search leaves the sections that have it in them. */
export function ConfigView({ text }: { readonly text: string }) {
  const [search, setSearch] = useState('');
  const sections = useMemo(() => configSections(text), [text]);
  const lines = useMemo(() => linesWith(sections, search), [sections, search]);
  const hits = lines.filter(({ isHit }) => isHit).length;
  return (
    <>
      <div class="row spread">
        <div class="row">
          <label class="hidden-text" for="config-search">
            Search haproxy.cfg
          </label>
          <input
            id="config-search"
            type="search"
            placeholder="Search haproxy.cfg"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <span class="muted" role="status">
            {search.trim() === ''
              ? `${countText(lines.length, 'line')}, ${countText(sections.length, 'section')}`
              : `${countText(hits, 'line')} with it`}
          </span>
        </div>
        <div class="row">
          <CopyButton text={text} what="haproxy.cfg" />
          <Button small onClick={() => download(text, 'haproxy.cfg')}>
            Download
          </Button>
        </div>
      </div>
      {lines.length === 0 ? (
        <Empty>No line has it.</Empty>
      ) : (
        <div class="lb-config">
          <VirtualList
            label="haproxy.cfg"
            count={lines.length}
            rowHeight={20}
            rowClass="lb-config-line"
            keyOf={(index) => String(lines[index]?.number ?? index)}
            row={(index) => {
              const line = lines[index];
              if (line === undefined) return null;
              return (
                <>
                  <span class="lb-config-number" role="cell">
                    {line.number}
                  </span>
                  <span
                    role="cell"
                    class={line.isHit ? 'lb-config-hit' : line.isTitle ? 'lb-config-title' : ''}
                    title={line.text.trim()}
                  >
                    {line.text === '' ? ' ' : line.text}
                  </span>
                </>
              );
            }}
          />
        </div>
      )}
    </>
  );
}
