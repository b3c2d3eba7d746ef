import { type LogVarianceParams, logVariance, type Objective } from "@isoflop/diffusion";
import type { Network } from "./network.js";

/** The name of u's parameters beside those of a network, in groups and in checkpoints: those of training alone. */
const NAME = "log_variance";

/** Whether a parameter is one of u, not of the network. */
export const isOfLogVariance = (name: string): boolean => name.startsWith(`${NAME}.`);

/** A network's parameters with those of u. */
type Beside<P> = P & { readonly [NAME]: LogVarianceParams };

/** The parameters of the network alone. */
export const withoutLogVariance = <P>(params: P): P => {
  const { [NAME]: _, ...rest } = params as Beside<P>;
  return rest as P;
};

/**
 * A network to be trained together with u, the logarithm of how large its loss is at each noise level, of an objective with `uncertainty`: its parameters are the
 * network's and `log_variance.weight`. Of another objective it is the network.
 * @param model of a record of parameters
 */
export const withLogVariance = <P>(model: Network<P>, { uncertainty }: Pick<Objective, "uncertainty">): Network<P> => {
  if (!uncertainty) return model;
  const u = logVariance(uncertainty);
  return {
    ...model,
    init: (key) => ({ ...model.init(key), [NAME]: u.init() }),
    apply: (params, ...rest) => model.apply(withoutLogVariance(params), ...rest),
    logVariance: (params, logSigma) => u.apply((params as Beside<P>)[NAME], logSigma),
  };
};
