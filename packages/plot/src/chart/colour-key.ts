import { extent } from "@isoflop/scaling";
import type { Pen } from "./canvas.js";
import { logRatio } from "./log.js";
import { scaleSteps, type Theme } from "./theme.js";

/** A continuous scale of colours. */
export interface ColourKey {
  /** What the colour shows, with its unit. */
  readonly label: string;
  /** Share of the scale at which a value lies, 0 to 1. */
  readonly share: (value: number) => number;
  /** Values named below the strip, and their words. */
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** Pixels that the strip and its words take. */
export const keyHeight = 40;

const strip = { width: 176, height: 9 };

/** A scale even in ln(value), with both ends named. One value alone has the colour of the middle. */
export const logKey = (label: string, values: readonly number[], format: (value: number) => string): ColourKey => {
  const [low, high] = extent(values);
  const alike = !(high > low);
  const middle = Math.sqrt(low) * Math.sqrt(high);
  return {
    label,
    share: (value) => (alike ? 0.5 : logRatio(value, low) / logRatio(high, low)),
    ticks: (alike ? [middle] : [low, middle, high]).map((value) => ({ value, text: format(value) })),
  };
};

/** The label, and below it the strip with its values, from the left edge at `top`. */
export const drawKey = ({ add, write }: Pen, { label, share, ticks }: ColourKey, theme: Theme, top: number): void => {
  const lead = Math.ceil(label.length * 6.6) + 14;
  const step = strip.width / scaleSteps;
  write({ x: 0, y: top + 14, fill: theme.muted, class: "key-label" }, label);
  for (let i = 0; i < scaleSteps; i++) {
    // Half a pixel of overlap hides the seams that antialiasing would leave.
    const width = step + (i < scaleSteps - 1 ? 0.5 : 0);
    const place = { class: "key", x: lead + i * step, y: top + 5, width, height: strip.height };
    add("rect", { ...place, fill: theme.scale(i / (scaleSteps - 1)) });
  }
  const style = { y: top + 28, fill: theme.muted, "text-anchor": "middle", "font-size": 11, class: "key-tick" };
  const named = ticks.map((tick) => ({ ...tick, at: lead + share(tick.value) * strip.width }));
  for (const { at, text } of apartAlong(named)) write({ x: at, ...style }, text);
};

/** Leaves out words that would touch the one before. The ends are kept. */
const apartAlong = <T extends { readonly at: number; readonly text: string }>(ticks: readonly T[]): T[] => {
  const sorted = [...ticks].sort((a, b) => a.at - b.at);
  const last = sorted.at(-1);
  const reach = ({ text }: T) => text.length * 3.3 + 3;
  const kept: T[] = [];
  for (const tick of sorted) {
    const before = kept.at(-1);
    if (before && tick.at - reach(tick) < before.at + reach(before)) continue;
    if (last && tick !== last && tick.at + reach(tick) > last.at - reach(last)) continue;
    kept.push(tick);
  }
  return kept;
};
