import { extent } from "@isoflop/scaling";
import { refused } from "../error.js";
import { fixed, scientific } from "./format.js";
import { logRatio } from "./log.js";

/** One axis: what it shows, in which unit, from where to where. */
export interface Axis {
  readonly label: string;
  readonly type: "log" | "linear";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
  /** What a value is multiplied by to be in the unit that the label names, such as 100 for percent. */
  readonly times?: number;
}

/** m · 10^e as the nearest number there is, where `10 ** e` would have been rounded to 0 already. */
const decimal = (m: number, e: number): number => Number(`${m}e${e}`);

/** Finite numbers inside [low, high], each once. */
const inside = (ticks: readonly number[], low: number, high: number): number[] => [
  ...new Set(ticks.filter((tick) => Number.isFinite(tick) && tick >= low && tick <= high)),
];

/** Round numbers (1, 2, 2.5 or 5 times a power of ten) inside [low, high], about `most` of them, never more than one more. */
export const linearTicks = (low: number, high: number, most = 6): number[] => {
  const raw = Math.max((high - low) / most, Number.MIN_VALUE);
  const power = Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => decimal(m, power)).find((s) => s >= raw * (1 - 1e-9)) ?? raw;
  const first = Math.ceil(low / step - 1e-9);
  const room = Math.min(most, Math.floor(high / step + 1e-9) - first);
  // Twelve digits hide that 3 · 0.1 is not 0.3.
  const ticks = Array.from({ length: Math.max(0, room + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  const slack = step * 1e-8;
  return inside(ticks, low - slack, high + slack);
};

/** Decades between two ticks of a log axis. The last is more than there are between the least and the greatest number. */
const strides = [1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 192, 384, 768];

/** 1-2-5 ticks over a few decades, powers of ten over many, and plain round numbers over less than a decade. */
export const logTicks = (low: number, high: number, most = 6): number[] => {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const [least, greatest] = [low * (1 - 1e-9), high * (1 + 1e-9)];
  const decades = (steps: readonly number[], stride: number): number[] => {
    const first = Math.ceil(from / stride);
    const exponents = Array.from({ length: Math.floor(to / stride) - first + 1 }, (_, i) => (first + i) * stride);
    return inside(
      exponents.flatMap((e) => steps.map((step) => decimal(step, e))),
      least,
      greatest,
    );
  };
  const candidates = [decades([1, 2, 5], 1), decades([1, 3], 1), ...strides.map((stride) => decades([1], stride))];
  const fitting = candidates.find((ticks) => ticks.length <= most && ticks.length >= 3);
  if (fitting) return fitting;
  const linear = linearTicks(low, high, most).filter((tick) => tick > 0);
  return high / low < 10 && linear.length > 0
    ? linear
    : (candidates.find((ticks) => ticks.length <= most && ticks.length > 0) ?? [low]);
};

const held = (value: number): number => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));

/**
 * The range of `values` with a margin on both sides: a share of the range, or of its logarithm. Where numbers end, the margin does.
 * @throws PlotInputError for values that have no place on such an axis
 */
export const padded = (values: readonly number[], type: "log" | "linear", share = 0.06): [number, number] => {
  if (values.length === 0) throw refused("figure", values, "at least one point to draw");
  const [low, high] = extent(values);
  if (type === "log") {
    if (!(low > 0 && Number.isFinite(high))) throw refused("log axis", off(values, 0), "finite numbers above 0");
    const factor = Math.exp(low === high ? Math.log(1.5) : logRatio(high, low) * share);
    const [from, to] = [Math.max(Number.MIN_VALUE, low / factor), held(high * factor)];
    // The least numbers are too far apart for a margin.
    return from < to ? [from, to] : [from, 2 * from];
  }
  const least = Number.NEGATIVE_INFINITY;
  if (!Number.isFinite(high - low)) throw refused("axis", off(values, least), "finite numbers, and so their range");
  const pad = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * share;
  const [from, to] = [held(low - pad), held(high + pad)];
  return Number.isFinite(to - from) ? [from, to] : [low, high];
};

/** The first value that is not a finite number above `least`, or the last. */
const off = (values: readonly number[], least: number): number =>
  values.find((value) => !(value > least && Number.isFinite(value))) ?? values.at(-1)!;

/** Maps a value to a pixel between `start` and `end`. */
export const scaleOf = (
  { type, domain: [low, high] }: Axis,
  start: number,
  end: number,
): ((value: number) => number) => {
  const place =
    type === "log" ? (v: number) => logRatio(v, low) / logRatio(high, low) : (v: number) => (v - low) / (high - low);
  return (value) => start + place(value) * (end - start);
};

/** The side of a point on which words have more room. */
export const sideOf = (axis: Axis, value: number): "left" | "right" =>
  scaleOf(axis, 0, 1)(value) > 0.6 ? "left" : "right";

/** Writes numbers with as many decimals as tell neighbours apart; in powers of ten where that would be too many digits. */
export const decimalsFor = (ticks: readonly number[], most = 6): ((value: number) => string) => {
  if (ticks.some((tick) => /e/.test(String(tick)))) return (value) => scientific(value);
  const [, decimals] = extent(ticks.map((tick) => (String(tick).split(".")[1] ?? "").length));
  return (value) => fixed(value, Math.max(0, Math.min(decimals, most)));
};
