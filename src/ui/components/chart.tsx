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
  /** So many seconds of the past are shown. */
  readonly seconds: number;
}

const height = 130;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The value that a token has in the theme of now: the canvas knows no light-dark(). */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(--${name})`;
  const value = getComputedStyle(element).color;
  element.style.color = '';
  return value === '' ? colour(name) : value;
}

const valueText = (value: number | null, unit: string): string =>
  value === null ? '–' : `${Math.round(value * 10) / 10}${unit}`;

function optionsOf(element: HTMLElement, { lines, unit, group, seconds }: ChartProps): uPlot.Options {
  const muted = resolved(element, 'muted');
  const grid = { stroke: resolved(element, 'line'), width: 1 };
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const last = (self: uPlot): number => self.data[0].at(-1) ?? Date.now() / 1000;
  return {
    width: element.clientWidth,
    height,
    legend: { show: true, live: true },
    cursor: { sync: { key: group }, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: (self) => [last(self) - seconds, last(self)] },
      y: { range: (_self, _min, max) => [0, max === null || max <= 0 ? 1 : max * 1.1] },
    },
    axes: [
      { stroke: muted, grid, ticks: grid, font, space: 70, size: 28 },
      { stroke: muted, grid, ticks: grid, font, space: 28, size: 46 },
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
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(dataOf(current.current));
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
