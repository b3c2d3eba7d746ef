import { ScalingError } from "../errors.js";
import type { SurfaceForm } from "./form.js";

/** `auto` from the data; `hoffmann`: the 4,500 points of Approach 3 (2203.15556, with e as printed by 2404.10102); or your own, in natural parameters. */
export type Starts = "auto" | "hoffmann" | readonly Readonly<Record<string, number>>[];

const LEVELS = [0, 5, 10, 15, 20, 25];
const FLOORS = [-1, -0.5, 0, 0.5, 1];
const EXPONENTS = [0, 0.5, 1, 1.5, 2];

/** Starting points that were asked for, on centred axes. */
export const startingPoints = (
  starts: Exclude<Starts, "auto">,
  form: SurfaceForm,
  centre: { readonly N: number; readonly D: number },
): number[][] => {
  if (starts === "hoffmann") {
    if (form.name !== "chinchilla") {
      throw new ScalingError(
        "bad-option",
        `the "hoffmann" starts are for the form "chinchilla", not "${form.name}"; use "auto"`,
      );
    }
    return hoffmannGrid().map((theta) => form.recentre(theta, centre.N, centre.D));
  }
  if (starts.length === 0) throw new ScalingError("bad-option", "starts is empty; expected at least one point");
  return starts.map((parameters) => form.recentre(form.fromNatural(parameters), centre.N, centre.D));
};

const hoffmannGrid = (): number[][] => {
  const out: number[][] = [];
  for (const a of LEVELS) {
    for (const b of LEVELS) {
      for (const e of FLOORS)
        for (const alpha of EXPONENTS) for (const beta of EXPONENTS) out.push([a, b, e, alpha, beta]);
    }
  }
  return out;
};
