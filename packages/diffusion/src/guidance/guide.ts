import { number, only, shown } from "@isoflop/spec";
import { add, concat, lessEqual, mul, type Operand, slice, sub, Tensor } from "@isoflop/tensor";
import { check, count } from "../checks.js";
import { bracketed, must } from "../errors.js";
import { besideBatch } from "../path.js";

export interface GuidanceOptions {
  /** 1 follows what guides as learnt, above 1 exaggerates it, 0 is what it is led away from. A scalar tensor is data of the program. */
  readonly scale: Operand;
  /** Times [from, to] at which to guide; elsewhere the scale is 1 (arXiv 2404.07724). Default: all. */
  readonly interval?: readonly [from: number, to: number];
  /**
   * How many of the channels, from the first, are guided; the others follow the condition. Default: all. The official DiT guides three of the four
   * of a latent, as its author says by mistake; s there acts like 1 + ¾ (s - 1) on all.
   */
  readonly channels?: number;
}

/** @throws DiffusionError("option") for a scale, interval or number of channels that is none */
export const checkGuidance = (what: string, options: GuidanceOptions): void => {
  check(only(["scale", "interval", "channels"]), options, what);
  const { scale, interval, channels } = options;
  if (!(scale instanceof Tensor)) check(number(), scale, `${what}: scale`);
  else must(scale.size === 1, "option", `${what}: scale is ${bracketed(scale.shape)}; it takes a scalar.`);
  const [from, to] = interval ?? [0, 1];
  must(from >= 0 && from < to && to <= 1, "option", `interval is [${from}, ${to}]; it takes 0 <= from < to <= 1.`);
  if (channels !== undefined) check(count, channels, `${what}: channels`);
};

/**
 * A network's output is a prediction for x, f32 and of x's shape, or has twice x's channels where it learns its variance.
 * @throws DiffusionError("shape")
 */
export const checkOutput = (output: Tensor, x: Tensor): void => {
  const { shape } = x;
  const [n, c = 0, ...rest] = shape;
  const given = output instanceof Tensor && output.dtype === "f32" ? output.shape.join() : undefined;
  const holds = given === shape.join() || (shape.length > 1 && given === [n, 2 * c, ...rest].join());
  const told = output instanceof Tensor ? `${output.dtype} ${bracketed(output.shape)}` : shown(output);
  must(holds, "shape", `the model gives ${told}; it takes an f32 tensor of x's shape, ${bracketed(shape)}.`);
};

/** The scale of each sample, beside x: 1 outside the interval. */
const scaleAt = ({ scale, interval }: GuidanceOptions, x: Tensor, t: Tensor): Operand => {
  if (!interval) return scale;
  const [from, to] = interval;
  const times = besideBatch(t, x);
  const inside = mul(lessEqual(from, times).cast("f32"), lessEqual(times, to).cast("f32"));
  return add(1, mul(inside, sub(scale, 1)));
};

/**
 * away + scale (towards - away) in the channels that are guided; `towards` in the others, and in what is learned of the variance.
 * @throws DiffusionError("option") for more channels than x has
 */
export const guide = (options: GuidanceOptions, x: Tensor, t: Tensor, towards: Tensor, away: Tensor): Tensor => {
  const all = x.shape[1] ?? 0;
  const { channels = all } = options;
  must(channels <= Math.max(all, 1), "option", `channels is ${channels}; x ${bracketed(x.shape)} has ${all}.`);
  const scale = scaleAt(options, x, t);
  const guided = (c: Tensor, u: Tensor): Tensor => add(u, mul(sub(c, u), scale));
  const given = towards.shape[1] ?? 0;
  if (channels >= given) return guided(towards, away);
  const first = (y: Tensor) => slice(y, [null, { start: 0, stop: channels }]) as Tensor;
  return concat(
    [guided(first(towards), first(away)), slice(towards, [null, { start: channels, stop: given }]) as Tensor],
    1,
  );
};
