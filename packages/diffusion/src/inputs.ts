import { shown } from "@isoflop/spec";
import { type Device, mul, type Tensor } from "@isoflop/tensor";
import { type Arithmetic, tensors } from "./arithmetic.js";
import { check, checkNetwork, checkPath, having } from "./checks.js";
import { must } from "./errors.js";
import { besideBatch, type Coefficients, type Path } from "./path.js";

/** What a network is given in place of x_t and t, so that both are of a size that it can read. */
export interface NetworkInputs {
  readonly name: string;
  /** `scale` multiplies x_t; `time` is what the network is told of the time. */
  at<T>(m: Arithmetic<T>, c: Coefficients<T>, t: T): { readonly scale: T | number; readonly time: T };
  /** Inputs that read tables, with these on a device. Absent where formulas are all there is. */
  on?(device: Device): NetworkInputs;
}

/** x [n, ...], t [n] and whatever else a network reads, to a prediction. */
export type Conditional<R extends readonly unknown[]> = (x: Tensor, t: Tensor, ...rest: R) => Tensor;

/**
 * A network as a denoiser of x_t at t: it is given its inputs, and answers with its prediction. Losses, samplers, guidance and likelihoods take
 * denoisers; with the plain inputs of most objectives a network is one already, and comes back as it is.
 * @throws DiffusionError("shape") as the denoiser is called, for t that is not one time a sample
 */
export const denoiser = <R extends readonly unknown[]>(
  aim: { readonly path: Path; readonly inputs: NetworkInputs },
  network: Conditional<R>,
): Conditional<R> => {
  must(typeof aim === "object" && aim !== null, "option", `denoiser: ${shown(aim)} is no objective.`);
  const { path, inputs } = aim;
  checkPath("denoiser", path);
  check(having("at", "plainInputs()"), inputs, "denoiser: inputs");
  checkNetwork("denoiser", network, "network");
  if (inputs.name === "plain") return network;
  return (x, t, ...rest) => {
    const { scale, time } = inputs.at(tensors, path.at(t), t);
    const scaled = scale === 1 ? x : mul(x, typeof scale === "number" ? scale : besideBatch(scale, x));
    return network(scaled, time, ...rest);
  };
};
