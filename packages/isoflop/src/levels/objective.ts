import {
  densities,
  effectiveWeight,
  objective,
  type Prediction,
  paths,
  predictions,
  weightings,
} from "@isoflop/diffusion";
import type { KindSpec, Kinds } from "@isoflop/spec";
import { InvalidArgumentError } from "commander";
import * as v from "valibot";

/** How times are drawn and errors weighed, by the names of `@isoflop/diffusion`. */
export interface WeighedBy {
  readonly density: KindSpec;
  readonly weighting: KindSpec;
}

/** Reads "minSnr:5", "logitNormal:0,1" or "shifted:by=3": a name of the registry, then values of its options in order or by name. */
const partReader =
  <T>(parts: Kinds<T>) =>
  (text: string): KindSpec => {
    const [name = "", ...rest] = text.split(":");
    if (!parts.has(name)) throw new InvalidArgumentError(`Expected one of ${parts.names.join(", ")}.`);
    const options = Object.keys(parts.get(name).options);
    const given = rest.length === 0 ? [] : rest.join(":").split(",");
    const entries = given.map((one, i): [string, unknown] => {
      const at = one.indexOf("=");
      const option = at > 0 ? one.slice(0, at) : options[i];
      if (option === undefined)
        throw new InvalidArgumentError(`${name} has ${options.length} options: ${options.join(", ")}.`);
      const value = one.slice(at + 1).trim();
      return [option, value === "" || Number.isNaN(Number(value)) ? value : Number(value)];
    });
    const spec = { kind: name, ...Object.fromEntries(entries) };
    const read = v.safeParse(parts.schema, spec);
    if (read.success) return read.output as KindSpec;
    const [issue] = read.issues;
    throw new InvalidArgumentError(
      `${issue.path?.map(({ key }) => String(key)).join(".") ?? name}: expected ${issue.message}.`,
    );
  };

export const densityOf = partReader(densities as never as Kinds<unknown>);
export const weightingOf = partReader(weightings as never as Kinds<unknown>);
export const pathNames = paths.names;
export const predictionNames = predictions;

/**
 * w(t) p(t): what a level counts for.
 * @param space the prediction whose squared error the losses are
 */
export const weightOf = (
  { density, weighting }: WeighedBy,
  { path, space }: { readonly path: string; readonly space: Prediction },
): ((t: number) => number) => {
  const aim = objective({
    path: paths.build(path),
    prediction: space,
    density: densities.build(density as never),
    weighting: weightings.build(weighting as never),
  });
  return (t) => effectiveWeight(aim, t, space);
};

/** "density logit-normal(0, 1), weighting min-SNR 5" */
export const nameOf = ({ density, weighting }: WeighedBy): string =>
  `${densities.build(density as never).name}, ${weightings.build(weighting as never).name}`;
