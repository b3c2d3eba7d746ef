import { ScalingError } from "../errors.js";
import { type SurfaceForm, unquoted } from "./form.js";

/** `auto` from the data; a grid of the form by its name, as `hoffmann`; or your own points, in parameters as they are quoted. */
export type Starts =
  | "auto"
  | "hoffmann"
  | (string & Record<never, never>)
  | readonly Readonly<Record<string, number>>[];

/** Starting points that were asked for, on centred axes. */
export const startingPoints = (
  starts: Starts,
  form: SurfaceForm,
  centre: { readonly N: number; readonly D: number },
): number[][] => {
  if (starts.length === 0) throw new ScalingError("bad-option", "starts is empty; expected at least one point");
  const points = typeof starts === "string" ? gridOf(form, starts) : starts.map((point) => unquoted(form, point));
  return points.map((theta) => form.recentre(theta, centre.N, centre.D));
};

const gridOf = ({ name, grids = {} }: SurfaceForm, asked: string): number[][] => {
  if (Object.hasOwn(grids, asked)) return grids[asked]!();
  const there = ["auto", ...Object.keys(grids)].map((grid) => `"${grid}"`).join(", ");
  throw new ScalingError("bad-option", `starts is "${asked}"; the form "${name}" has ${there}`);
};
