import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './chart.css';

/** A line of a chart. `tone`: one of the colours of tokens.css, without its dashes. */
export interface ChartLine {
  readonly name: string;
  readonly tone: 'info' | 'good' | 'bad' | 'warning';
  /** As many as there are times; null: a gap. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly title: string;
  /** Seconds since 1970, growing. */
  readonly at: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Behind numbers: ` ms`. */
  readonly unit: string;
  /** All of it in words, for those who do not see it. */
  readonly text: string;
  /** Charts of one group have the same cursor. */
  readonly group: string;
  /** So many seconds of the past are shown, at most. */
  readonly seconds: number;
}

const height = 130;

/** The value that a token has in the theme of now, as a canvas takes it: it knows no variables. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const valueText = (value: number | null, unit: string): string =>
  value === null ? '–' : `${Math.round(value * 10) / 10}${unit}`;

/** So many seconds of the past are shown at least, however short the time is that is known. */
const leastSeconds = 60;

/** Seconds before now that have a name at the axis of a chart of so many seconds, the longest ago first. */
function namedSeconds(shown: number): number[] {
  const step = [20, 60, 120].find((one) => shown / one <= 3.5) ?? 300;
  return Array.from({ length: Math.floor(shown / step) + 1 }, (_, index) => index * step).reverse();
}

function beforeText(seconds: number): string {
  if (seconds === 0) return 'now';
  return seconds < 60 ? `-${seconds} s` : `-${seconds / 60} min`;
}

/** Shows the last values while nothing is pointed at. */
function showLast(plot: uPlot): void {
  if (plot.cursor.idx === null || plot.cursor.idx === undefined) plot.setLegend({ idx: plot.data[0].length - 1 });
}

function optionsOf(element: HTMLElement, { lines, unit, group, seconds }: ChartProps): uPlot.Options {
  const muted = resolved(element, 'muted');
  const grid = { stroke: resolved(element, 'line'), width: 1 };
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const last = (self: uPlot): number => self.data[0].at(-1) ?? Date.now() / 1000;
  const shown = (self: uPlot): number =>
    Math.min(seconds, Math.max(leastSeconds, last(self) - (self.data[0][0] ?? last(self))));
  return {
    width: element.clientWidth,
    height,
    legend: { show: true, live: true, markers: { width: 8 } },
    hooks: { setCursor: [showLast], ready: [showLast] },
    cursor: { sync: { key: group }, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: (self) => [last(self) - shown(self), last(self)] },
      y: { range: (_self, _min, max) => [0, max === null || max <= 0 ? 1 : max * 1.1] },
    },
    axes: [
      {
        stroke: muted,
        grid,
        ticks: grid,
        font,
        size: 26,
        splits: (self) => namedSeconds(shown(self)).map((before) => last(self) - before),
        values: (self) => namedSeconds(shown(self)).map(beforeText),
      },
      { stroke: muted, grid, ticks: grid, font, space: 30, size: 44 },
    ],
    series: [
      { label: 'Time' },
      ...lines.map(({ name, tone }) => ({
        label: name,
        stroke: resolved(element, tone),
        width: 1.5,
        points: { show: false },
        value: (_self: uPlot, value: number | null) => valueText(value, unit),
      })),
    ],
  };
}

function dataOf({ at, lines }: ChartProps): uPlot.AlignedData {
  return [[...at], ...lines.map(({ values }) => [...values])];
}

/** A small chart of the last minutes. It is drawn anew when the colours of the page are others. */
export function Chart(props: ChartProps) {
  const { title, text, at, lines } = props;
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const current = useRef(props);
  current.current = props;

  useEffect(() => {
    const place = element.current;
    if (place === null) return;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(place, current.current), dataOf(current.current), place);
    };
    draw();
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: place.clientWidth, height }));
    sizes.observe(place);
    // Whoever asks for colours while they are being changed gets the old ones, and so does the whole page until it is drawn next
    let frame = 0;
    const drawNext = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    };
    const themes = new MutationObserver(drawNext);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', drawNext);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      scheme.removeEventListener('change', drawNext);
      cancelAnimationFrame(frame);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(dataOf(current.current));
    if (plot.current !== undefined) showLast(plot.current);
  }, [at, lines]);

  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <span class="hidden-text">: {text}</span>
      </figcaption>
      <div class="chart-canvas" ref={element} aria-hidden="true" />
    </figure>
  );
}
