import { type Named, registry } from "@isoflop/spec";
import { badOption, positive } from "../../errors.js";
import type { RateSchedule } from "./rates.js";

/** What a shape is made of. */
export interface ShapeOptions {
  readonly steps: number;
  /** Largest rate. */
  readonly peak: number;
  /** Steps over which the rate rises from 0 to its peak on a line. Default 0. */
  readonly warmup?: number | undefined;
  /** Last rate, as a share of the peak. Default: of the shape. */
  readonly finalShare?: number | undefined;
  /** Share of the steps over which the rate decays, where it is constant before. Default 0.2. */
  readonly decayShare?: number | undefined;
}

/** A course of the rate after its warm-up. */
export interface ScheduleShape extends Named {
  readonly formula: string;
  readonly finalShare: number;
  /** Share of the peak at a share of the steps after the warm-up. */
  rate(share: number, options: { readonly final: number; readonly decay: number }): number;
  /** Shares at which the rate bends. */
  bends(options: { readonly decay: number }): readonly number[];
}

/** A curve is as many straight lines. */
const LINES = 256;
const curved = Array.from({ length: LINES + 1 }, (_, i) => i / LINES);

/** Shapes of learning-rate schedules by name, after their warm-up. */
export const scheduleShapes = registry<ScheduleShape>("shape of schedule", [
  { name: "constant", formula: "peak", finalShare: 1, rate: () => 1, bends: () => [0, 1] },
  {
    name: "cosine",
    formula: "final + (peak − final) (1 + cos(π share)) / 2",
    finalShare: 0.1,
    rate: (share, { final }) => final + ((1 - final) * (1 + Math.cos(Math.PI * share))) / 2,
    bends: () => curved,
  },
  {
    name: "linear",
    formula: "peak − (peak − final) share",
    finalShare: 0,
    rate: (share, { final }) => 1 - (1 - final) * share,
    bends: () => [0, 1],
  },
  {
    name: "wsd",
    formula: "peak, and on a line to final over the last steps (warm-up, stable, decay)",
    finalShare: 0,
    rate: (share, { final, decay }) => 1 - (1 - final) * Math.max(0, (share - 1 + decay) / decay),
    bends: ({ decay }) => [...new Set([0, 1 - decay, 1])],
  },
]);

/**
 * A schedule of a shape of the registry.
 * @throws ScalingError `bad-value` or `bad-option` for numbers that cannot be
 */
export const scheduleOf = (shape: string, options: ShapeOptions): RateSchedule => {
  if (!scheduleShapes.has(shape))
    throw badOption("the schedule", `"${shape}"`, `one of ${scheduleShapes.names.join(", ")}`);
  const { rate, bends, finalShare } = scheduleShapes.get(shape);
  const { steps, peak, warmup = 0, finalShare: final = finalShare, decayShare: decay = 0.2 } = options;
  positive("steps", steps);
  positive("peak", peak);
  if (!(warmup >= 0 && warmup < steps)) throw badOption("warmup", warmup, `a number of steps from 0, below ${steps}`);
  if (!(final >= 0 && final <= 1)) throw badOption("finalShare", final, "a share from 0 to 1");
  if (!(decay > 0 && decay <= 1)) throw badOption("decayShare", decay, "a share above 0, up to 1");
  const knots = bends({ decay }).map((share) => ({
    step: warmup + share * (steps - warmup),
    rate: peak * rate(share, { final, decay }),
  }));
  const all = warmup > 0 ? [{ step: 0, rate: 0 }, ...knots] : knots;
  return { step: all.map(({ step }) => step), rate: all.map((knot) => knot.rate) };
};
