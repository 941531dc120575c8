/** One line of the table. Times are milliseconds or seconds, memory is MB, rates are per second; without a unit it is a count. */
export interface Row {
  readonly measurement: string;
  readonly unit: 'ms' | 's' | '/s' | 'MB' | '';
  /** Medians over the rounds. */
  readonly product: number;
  /** What it is compared with, and what that is in words; null where only a number counts. */
  readonly against: { readonly what: string; readonly value: number; readonly ratio: number } | null;
  /** The same work with nothing saved, where that exists; it has no target. */
  readonly floor: number | null;
  /** null: reported without a target. */
  readonly target: Target | null;
  /** The figures of each round. */
  readonly rounds: { readonly product: readonly number[]; readonly against: readonly number[] };
}

export interface Target {
  readonly of: 'ratio' | 'value';
  readonly is: 'at most' | 'at least';
  readonly limit: number;
  /** Not a matter of speed: the bench fails if it is missed. */
  readonly promised?: true;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
};

export const atMost = (of: Target['of'], limit: number): Target => ({ of, is: 'at most', limit });
export const atLeast = (of: Target['of'], limit: number): Target => ({ of, is: 'at least', limit });
/** What must not happen, or be left over, even once. */
export const never: Target = { of: 'value', is: 'at most', limit: 0, promised: true };

interface Measured {
  measurement: string;
  unit: Row['unit'];
  product: readonly number[];
  against?: { what: string; values: readonly number[] } | undefined;
  floor?: readonly number[] | undefined;
  target?: Target | undefined;
}

/**
 * A line from the figures of all rounds. Figures of the same round are compared with each other, and the ratio is the
 * median of those: if the machine is busy for a minute, both sides change and the ratio does not.
 */
export function rowOf({ measurement, unit, product, against, floor, target }: Measured): Row {
  const ratios = against?.values.map((value, round) => (product[round] ?? Number.NaN) / value) ?? [];
  return {
    measurement,
    unit,
    product: median(product),
    against: against ? { what: against.what, value: median(against.values), ratio: median(ratios) } : null,
    floor: floor ? median(floor) : null,
    // A ratio needs something to compare with.
    target: target && (target.of === 'value' || against) ? target : null,
    rounds: { product, against: against?.values ?? [] },
  };
}

/** null if there is no target. */
export function isMet({ product, against, target }: Row): boolean | null {
  if (!target) return null;
  const value = target.of === 'ratio' ? (against?.ratio ?? Number.NaN) : product;
  return target.is === 'at most' ? value <= target.limit : value >= target.limit;
}
