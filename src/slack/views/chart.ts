import type { KnownBlock } from '@slack/types';
import { clip, limits, oneLine } from '../limits.js';
import type { Message } from './message.js';

/**
 * Slack's native chart, at most two in a message
 * (docs.slack.dev/reference/block-kit/blocks/data-visualization-block).
 */
interface ChartBlock {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart: {
    readonly type: 'bar';
    readonly series: readonly { readonly name: string; readonly data: readonly Point[] }[];
    readonly axis_config: { readonly categories: readonly string[]; readonly y_label: string };
  };
}

interface Point {
  readonly label: string;
  readonly value: number;
}

export interface Bars {
  readonly title: string;
  readonly unit: string;
  readonly series: string;
  /** In order; those that do not fit are left out from the end. */
  readonly bars: readonly (readonly [label: string, value: number])[];
}

/** A chart of bars; none if there is nothing to see. Labels that others chose are cut and kept apart. */
export function barChart({ title, unit, series, bars }: Bars): KnownBlock[] {
  if (bars.length < 2 || bars.every(([, value]) => value === 0)) return [];
  const data: Point[] = [];
  for (const [label, value] of bars.slice(0, limits.chartPoints)) {
    const taken = data.map((point) => point.label);
    data.push({ label: apart(clip(oneLine(label), limits.chartLabel) || '(empty)', taken), value });
  }
  const chart: ChartBlock = {
    type: 'data_visualization',
    title: clip(title, limits.chartTitle),
    chart: {
      type: 'bar',
      series: [{ name: clip(series, limits.chartLabel), data }],
      axis_config: { categories: data.map((point) => point.label), y_label: unit },
    },
  };
  // `@slack/types` 3 does not know it yet.
  return [chart as unknown as KnownBlock];
}

/** Slack refuses a category that stands there twice, as two long names may once they are cut. */
function apart(label: string, taken: readonly string[]): string {
  for (let number = 2, own = label; ; number += 1) {
    if (!taken.includes(own)) return own;
    own = `${clip(label, limits.chartLabel - 4)} ${number}`;
  }
}

/** The message without its charts; null if it has none. Its words say the same. */
export function withoutCharts(message: Message): Message | null {
  const blocks = message.blocks.filter(({ type }) => (type as string) !== 'data_visualization');
  return blocks.length === message.blocks.length ? null : { ...message, blocks };
}
