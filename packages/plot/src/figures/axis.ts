import { PlotInputError } from "../study/check.js";

/** One axis: what it shows, in which unit, from where to where. */
export interface Axis {
  readonly label: string;
  readonly type: "log" | "linear";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** Round numbers (1, 2, 2.5 or 5 times a power of ten) inside [low, high], about `most` of them, never more. */
export function linearTicks(low: number, high: number, most = 6): number[] {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * (1 - 1e-9)) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Twelve digits hide that 3 · 0.1 is not 0.3.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** 1-2-5 ticks over a few decades, powers of ten over many, and plain round numbers over less than a decade. */
export function logTicks(low: number, high: number, most = 6): number[] {
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const inside = (steps: readonly number[], stride: number) => {
    const ticks: number[] = [];
    for (let e = from; e <= to; e++) {
      if (e % stride !== 0) continue;
      for (const step of steps) ticks.push(Number(`${step}e${e}`));
    }
    return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  };
  const decades = [1, 2, 3, 4, 6, 8, 12].map((stride) => inside([1], stride));
  const candidates = [inside([1, 2, 5], 1), inside([1, 3], 1), ...decades];
  const fitting = candidates.find((ticks) => ticks.length <= most && ticks.length >= 3);
  if (fitting) return fitting;
  const linear = linearTicks(low, high, most).filter((tick) => tick > 0);
  return high / low < 10 && linear.length > 0
    ? linear
    : (candidates.find((ticks) => ticks.length <= most && ticks.length > 0) ?? [low]);
}

/** The range of `values` with a margin on both sides: a share of the range, or of its logarithm. */
export function padded(values: readonly number[], type: "log" | "linear", share = 0.06): [number, number] {
  if (values.length === 0) throw new PlotInputError("figure", values, "at least one point to draw");
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (type === "log") {
    const pad = low === high ? Math.log(1.5) : Math.log(high / low) * share;
    return [low * Math.exp(-pad), high * Math.exp(pad)];
  }
  const pad = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * share;
  return [low - pad, high + pad];
}

export interface AxisOptions {
  readonly label: string;
  readonly values: readonly number[];
  readonly type: "log" | "linear";
  readonly format: (value: number) => string;
  /** Most ticks that have room. */
  readonly ticks?: number;
  readonly pad?: number;
}

/** An axis that holds all `values`. */
export function axis({ label, values, type, format, ticks = 6, pad }: AxisOptions): Axis {
  const domain = padded(values, type, pad);
  const places = type === "log" ? logTicks(...domain, ticks) : linearTicks(...domain, ticks);
  return { label, type, domain, ticks: places, format };
}

/** Maps a value to a pixel between `start` and `end`. */
export function scaleOf({ type, domain: [low, high] }: Axis, start: number, end: number): (value: number) => number {
  const place =
    type === "log" ? (v: number) => Math.log(v / low) / Math.log(high / low) : (v: number) => (v - low) / (high - low);
  return (value) => start + place(value) * (end - start);
}

/** Formats tick values with as many decimals as tell neighbours apart. */
export function decimalsFor(ticks: readonly number[]): (value: number) => string {
  const decimals = Math.max(0, ...ticks.map((tick) => (String(tick).split(".")[1] ?? "").length));
  return (value) => value.toFixed(Math.min(decimals, 6)).replace(/^-/, "−");
}

/** A loss axis: plain decimals, as many as the ticks need. */
export function lossAxis(options: Omit<AxisOptions, "format">): Axis {
  const plain = axis({ ...options, format: String });
  return { ...plain, format: decimalsFor(plain.ticks) };
}
