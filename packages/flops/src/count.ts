import { type Convention, sameConvention } from "./convention.js";
import { FlopsError, notNegative } from "./errors.js";
import type { Part } from "./layers.js";
import type { Flops, Macs } from "./units.js";

/** Work of one line of the model, all its copies together. `estimate` marks the terms of a rule of thumb. */
export interface CountLine {
  readonly path: string;
  readonly part: Part | "estimate";
  readonly value: number;
}

/** Operations per `per`, in the unit of the convention, by line. Exact while the total is below 2^53. */
export interface Count {
  readonly convention: Convention;
  readonly per: "sample" | "image" | "step" | "run";
  readonly total: number;
  readonly lines: readonly CountLine[];
}

const sum = (lines: readonly CountLine[]) => lines.reduce((total, { value }) => total + value, 0);

export const countOf = (convention: Convention, per: Count["per"], lines: readonly CountLine[]): Count => ({
  convention,
  per,
  total: sum(lines),
  lines,
});

/**
 * The sum of counts, line by line.
 * @throws FlopsError("convention") if they follow different conventions or count different things.
 */
export const add = (first: Count, ...others: readonly Count[]): Count => {
  const lines = new Map(first.lines.map((line) => [line.path, line]));
  for (const other of others) {
    if (!sameConvention(first.convention, other.convention)) {
      const names = `"${first.convention.name}" and "${other.convention.name}"`;
      throw new FlopsError("convention", `Counts follow different conventions, ${names}; count both under one first.`);
    }
    if (first.per !== other.per) {
      throw new FlopsError("convention", `Counts are per ${first.per} and per ${other.per}; scale one of them first.`);
    }
    for (const line of other.lines) {
      lines.set(line.path, { ...line, value: line.value + (lines.get(line.path)?.value ?? 0) });
    }
  }
  return countOf(first.convention, first.per, [...lines.values()]);
};

/**
 * `factor` times a count, for example a batch of samples to give a step.
 * @throws FlopsError("convention") unless `factor` is a finite number of at least 0.
 */
export const scale = (count: Count, factor: number, per: Count["per"] = count.per): Count => {
  notNegative("convention", "factor", factor);
  return countOf(
    count.convention,
    per,
    count.lines.map((line) => ({ ...line, value: factor * line.value })),
  );
};

/** The count by part, largest parts and lines merged; parts without work are absent. */
export const byPart = (count: Count): Partial<Record<CountLine["part"], number>> => {
  const totals: Partial<Record<CountLine["part"], number>> = {};
  for (const { part, value } of count.lines) totals[part] = (totals[part] ?? 0) + value;
  return totals;
};

const convertible = ({ convention }: Count): void => {
  if (convention.method.kind === "products" && Object.keys(convention.method.elementwise).length > 0) {
    const { name, unit } = convention;
    throw new FlopsError("convention", `"${name}" charges elements as well as products; it has no unit but ${unit}.`);
  }
};

/**
 * The total in FLOPs, two per multiply-accumulate.
 * @throws FlopsError("convention") for MACs with elementwise charges, which have no such ratio.
 */
export const flops = (count: Count): Flops => {
  if (count.convention.unit === "flop") return count.total;
  convertible(count);
  return 2 * count.total;
};

/**
 * The total in multiply-accumulates.
 * @throws FlopsError("convention") for FLOPs with elementwise charges, which have no such ratio.
 */
export const macs = (count: Count): Macs => {
  if (count.convention.unit === "mac") return count.total;
  convertible(count);
  return count.total / 2;
};
