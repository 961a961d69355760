import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { messageOf } from '../http/api-error.js';
import { Notice } from '../components/notice.js';
import { Loading } from '../components/loading.js';
import type { Params } from './match.js';
import { matchSegments } from './match.js';
import { place } from './place.js';

/** What a page is given: the placeholders of its pattern. */
export interface PageProps {
  readonly params: Params;
}

/** A page of the interface. It is loaded when it is opened first. */
export interface Page {
  /** Fits what stands behind `#/`: `['apps', ':id', ':tab?']`. */
  readonly pattern: readonly string[];
  readonly title: (params: Params) => string;
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
  /** Its entry in the navigation is marked by this. */
  readonly section: string;
}

/** The page that is at a place, with its parameters. */
export function pageAt(
  pages: readonly Page[],
  segments: readonly string[],
): { readonly page: Page; readonly params: Params } | undefined {
  for (const page of pages) {
    const params = matchSegments(page.pattern, segments);
    if (params !== undefined) return { page, params };
  }
  return undefined;
}

const loaded = new Map<Page, ComponentType<PageProps>>();

/** Shows the page of the current place; moves the focus to it when it is another one, as a browser does on a new page. */
export function PageView({ pages, suffix }: { readonly pages: readonly Page[]; readonly suffix: string }) {
  const found = pageAt(pages, place.value.segments);
  const page = found?.page;
  const [, redraw] = useState(0);
  const [problem, setProblem] = useState<string>();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const title = found === undefined ? 'Not found' : found.page.title(found.params);

  useEffect(() => {
    document.title = `${title} · ${suffix}`;
  }, [title, suffix]);
  useEffect(() => {
    setProblem(undefined);
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    window.scrollTo(0, 0);
    if (page === undefined || loaded.has(page)) return;
    let isCurrent = true;
    page.load().then(
      (module) => {
        loaded.set(page, module.default);
        if (isCurrent) redraw((n) => n + 1);
      },
      // The program was replaced by another version meanwhile: its files have other names
      (error: unknown) => isCurrent && setProblem(messageOf(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [page]);

  const Content = page === undefined ? undefined : loaded.get(page);
  return (
    <main id="main" ref={main} tabIndex={-1}>
      {found === undefined ? (
        <Notice level="warning" title="There is no such page">
          <a href="#/">To the first page</a>
        </Notice>
      ) : problem !== undefined ? (
        <Notice level="bad" title="This page could not be loaded">
          {problem} <button onClick={() => location.reload()}>Load everything again</button>
        </Notice>
      ) : Content === undefined ? (
        <Loading what="the page" />
      ) : (
        <Content params={found.params} />
      )}
    </main>
  );
}
