import { buildObjective, type ObjectiveSpec } from "@isoflop/train";

/** An objective with what a reader should know of it. */
export interface Named {
  readonly name: string;
  readonly words: string;
  readonly source: string;
  readonly spec: ObjectiveSpec;
}

const flow: Omit<ObjectiveSpec, "density"> = { path: "linear", prediction: "velocity", weighting: { kind: "none" } };

/** Six that the field trains with. */
export const objectives: readonly Named[] = [
  {
    name: "rectified flow",
    words: "velocity on the linear path, times logit-normal",
    source: "SD3, arXiv 2403.03206",
    spec: { ...flow, density: { kind: "logitNormal", mean: 0, std: 1 } },
  },
  {
    name: "EDM",
    words: "F on EDM's path, noise log-normal, the network given c_in x and log σ / 4",
    source: "arXiv 2206.00364",
    spec: {
      ...{ path: "edm", prediction: "F", weighting: { kind: "none" }, inputs: "edm" },
      density: { kind: "logNormalSigma", mean: -1.2, std: 1.2 },
    },
  },
  {
    name: "noise",
    words: "noise on the cosine path, times uniform",
    source: "improved DDPM, arXiv 2102.09672",
    spec: { path: "cosine", prediction: "noise", weighting: { kind: "none" }, density: { kind: "uniform" } },
  },
  {
    name: "v, min-SNR",
    words: "v on the cosine path, min(SNR, 5) on data, times uniform",
    source: "arXiv 2202.00512 and 2303.09556",
    spec: { path: "cosine", prediction: "v", weighting: { kind: "minSnr", gamma: 5 }, density: { kind: "uniform" } },
  },
  {
    name: "data as velocity",
    words: "data on the linear path, the error of the velocity measured, times logit-normal towards data",
    source: "JiT, arXiv 2511.13720",
    spec: {
      ...{ path: "linear", prediction: "data", weighting: { kind: "unweightedIn", on: "velocity" } },
      density: { kind: "logitNormal", mean: -0.8, std: 0.8 },
    },
  },
  {
    name: "sigmoid",
    words: "v on the cosine path, sigmoid(-log SNR) on noise, times uniform",
    source: "arXiv 2410.19324",
    spec: { path: "cosine", prediction: "v", weighting: { kind: "sigmoid", bias: 0 }, density: { kind: "uniform" } },
  },
];

/** What an objective is built of. */
export const aimOf = ({ spec }: Named) => buildObjective(spec);
