import { type Kinds, kind, only } from "@isoflop/spec";
import * as v from "valibot";
import type { Arithmetic } from "../arithmetic.js";
import { check, checkPath, having } from "../checks.js";
import type { NetworkInputs } from "../inputs.js";
import type { Coefficients, Path } from "../path.js";
import { paths } from "../paths.js";
import { plainInputs } from "./plain.js";

export interface CarriedInputsOptions {
  /** The path whose x_t and t the network reads. */
  readonly path: Path;
  /** Its inputs there. Default `plainInputs()`. */
  readonly inputs?: NetworkInputs;
}

/**
 * The inputs of a network of one path, on any other: x_t scaled to what it is there at equal noise to signal, and the time there. A network of noise of
 * the vp path is EDM's "VP preconditioning", one of the discrete cosine path its "iDDPM preconditioning" (arXiv 2206.00364, table 1).
 */
export const carriedInputs = (options: CarriedInputsOptions): NetworkInputs => {
  check(only(["path", "inputs"]), options, "carriedInputs");
  const { path, inputs = plainInputs() } = options;
  checkPath("carriedInputs", path);
  check(having("at", "plainInputs()"), inputs, "carriedInputs: inputs");
  return carriedFrom(path, inputs);
};

const carriedFrom = (path: Path, inputs: NetworkInputs): NetworkInputs => ({
  name: `${inputs.name} of the ${path.name} path`,
  at<T>(m: Arithmetic<T>, { alpha, sigma }: Coefficients<T>) {
    const ratio = alpha === 1 ? (sigma as T) : m.div(sigma, alpha);
    const t = path.timeAt(ratio as never) as T;
    const there = path.at(t as never) as Coefficients<T>;
    const { scale, time } = inputs.at(m, there, t);
    // Times alpha there over alpha here: of equal ratios that of the deviations, which is finite where alpha is 0.
    const deviation = (a: T | number, s: T | number): T => m.sqrt(m.add(m.mul(a, a), m.mul(s, s)));
    const moved = m.div(deviation(there.alpha, there.sigma), deviation(alpha, sigma));
    return { scale: scale === 1 ? moved : m.mul(moved, scale), time };
  },
  on: (device) => {
    const there = path.on?.(device);
    const given = inputs.on?.(device) ?? inputs;
    return carriedFrom(there ?? path, given);
  },
});

/** Any inputs of a registry, of any path. */
export const carriedInputsKind = (all: () => Kinds<NetworkInputs>) =>
  kind({
    name: "carried",
    options: {
      path: v.lazy(() => paths.schema),
      inputs: v.optional(
        v.lazy(() => all().schema),
        { kind: "plain" },
      ),
    },
    build: ({ path, inputs }): NetworkInputs => carriedInputs({ path: paths.build(path), inputs: all().build(inputs) }),
  });
