import type { ResolvedConfig } from "@isoflop/flops";
import { must, shown } from "./errors.js";
import { narrowed } from "./initializers.js";
import { mapSpecs, namedSpecs, type Role, Spec, type SpecsOf } from "./spec.js";

// The maximal update parametrization in the form without multipliers (Yang et al., arXiv 2203.03466, table 3), which holds for diffusion
// transformers as it is (arXiv 2505.15270, theorem 3.1). Of what a layer applies, only attention's scale is another (`attentionScale` of a config).

/** Width over the base's; 1 under the standard parameterization. */
export const widthRatio = ({ width, parameterization }: ResolvedConfig): number =>
  parameterization.kind === "muP" ? width / parameterization.baseWidth : 1;

/** The sides of a parameter that are longer or shorter than the base's. */
const growing = ({ shape }: Spec, base: Spec): readonly number[] =>
  shape.flatMap((size, side) => (size === base.shape[side] ? [] : [side]));

/** Whether a parameter has more or fewer numbers than the base's. */
export const grows = (spec: Spec, base: Spec): boolean => growing(spec, base).length > 0;

const fits = (role: Role, sides: readonly number[], rank: number): boolean => {
  const last = sides[0] === rank - 1;
  switch (role) {
    case "hidden":
      return sides.length === 2;
    case "input":
      return sides.length === 1 && !last;
    case "output":
      return sides.length === 1 && last;
    default:
      return sides.length === 0 || (sides.length === 1 && last);
  }
};

const meanings: Readonly<Record<Role, string>> = {
  input: "fan-out alone",
  hidden: "fan-in and fan-out",
  output: "fan-in alone",
  vector: "the last side alone, or none",
  table: "the last side alone, or none",
};

/** What the variance of a parameter's law is divided by: fan-in grows by `ratio`; an output's variance falls with its square. */
const divisors: Readonly<Record<Role, (ratio: number) => number>> = {
  input: () => 1,
  hidden: (ratio) => ratio,
  output: (ratio) => ratio ** 2,
  vector: () => 1,
  table: () => 1,
};

/**
 * The specs of a model with the initial laws of muP: the base model's, narrowed as the role of each says.
 * @param ratio width over the base's
 * @throws DitError("config") for a parameter that does not grow as its role says
 */
export const underMuP = <P>(specs: SpecsOf<P>, base: SpecsOf<P>, ratio: number): SpecsOf<P> => {
  if (ratio === 1) return specs;
  const bases = new Map(namedSpecs(base));
  return mapSpecs(specs, (spec, name) => {
    const { shape, part, role } = spec;
    const narrow = bases.get(name)!;
    const wrong = `${name} is ${shown(shape)}, and ${shown(narrow.shape)} in the base model; its Spec says "${role}", of which grows ${meanings[role]}`;
    must(fits(role, growing(spec, narrow), shape.length), "config", `${wrong}. Give it the role of what it is.`);
    return new Spec(shape, narrowed(narrow.init, divisors[role](ratio)), part, role);
  });
};
