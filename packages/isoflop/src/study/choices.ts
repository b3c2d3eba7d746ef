import { predictionWords } from "@isoflop/diffusion";
import { architectures, type DitConfig, resolve } from "@isoflop/flops";
import type { Choices } from "@isoflop/plot";
import { extent, type IsoFlop, type Outcome, type PowerLaw } from "@isoflop/scaling";
import type { RunSpec } from "@isoflop/sweep";
import { buildObjective, buildOptimizer, type ParameterGroup, schedules } from "@isoflop/train";
import type { DoneRun } from "../runs/point.js";
import { num, percent, round } from "../words/numbers.js";
import { fitLaws } from "./laws.js";

/** What was decided for runs of one study, in words: from their specs and from what was fitted to them. */
export const choicesOf = (runs: readonly DoneRun[], laws: IsoFlop): Choices => {
  const [{ spec }] = runs as readonly [DoneRun, ...DoneRun[]];
  const withEmbeddings = fitLaws(runs, "trainable");
  const { imageTokens, contextTokens, registers } = resolve(spec.model);
  const learned = registers > 0 ? `, ${registers} registers` : "";
  return {
    axes: "loss against ln N at equal C; the parabola is fitted to the loss itself; laws are straight lines in ln-ln",
    parameters: `N counts trainable parameters that take part in products: without word and position tables. With them the exponents are N ${exponent(withEmbeddings.N)}, D ${exponent(withEmbeddings.D)}, loss ${exponent(withEmbeddings.loss)}`,
    tokens: `D counts image tokens, ${imageTokens} per image; what ${contextTokens} context tokens${learned} and the time cost is paid for in C and not counted in D`,
    flops:
      "FLOPs, 2 per multiply-add, of every matrix product of forward and backward pass, attention included and its scores computed twice in the backward pass; norms, activations and the optimizer are not counted; equal to the count of the traced program",
    loss: lossWords(spec),
    fit: "the roll-out, where it predicts, fits forms of surface to every run; Approach 2: least-squares parabola per budget; budgets without an interior minimum of positive curvature enter no law; power laws by least squares in ln-ln",
    intervals: `laws: Student's t on the scatter of the optima. Predictions, each with the noise of one run: of the roll-out a mixture of forms of surface, one of them every isoFLOP curve in one fit, with floors integrated out, weighed by how they fit and by what they foresaw of the largest runs, widened where they were missed; of Approach 2 the curvature of the loss law integrated out over power laws, laws with a floor and laws still steepening (noise ${laws.noise.degreesOfFreedom > 0 ? num(laws.noise.standardDeviation, 2) : "unknown"})`,
    filters:
      laws.dropped.length === 0
        ? "none: every run and every budget was used"
        : `by Approach 2: ${laws.dropped.map(({ C, message }) => `${round(C)}: ${message}`).join("; ")}`,
    recipe: recipeWords(runs.map((run) => run.spec)),
    seeds: [...new Set(runs.map((run) => run.spec.seed))],
  };
};

const exponent = (law: Outcome<PowerLaw>): string =>
  law.ok ? law.exponent.value.toFixed(3) : `refused (${law.reason})`;

const lossWords = ({ objective, validation: { images, split } }: RunSpec): string => {
  const { path, errorIn, weighting, density, variance, loss } = buildObjective(objective);
  // An error in the same words is another number on another path.
  const along = path.name === "linear" ? "" : ` on the ${path.name} path`;
  const learned = variance === "learnedRange" ? " and a step of the bound for its variance" : "";
  const measured =
    loss === "kl" || loss === "rescaledKl"
      ? `variational bound (${loss})`
      : `${weighting.name} mean squared error of the ${predictionWords(errorIn)}${learned}`;
  return `${measured} on ${images} images of the split "${split}" with fixed noise, times at equally spaced quantiles of ${density.name}${along}, averaged weights; standard error over images and noise`;
};

/** How the runs of one study were trained. */
const recipeWords = (specs: readonly RunSpec[]): string => {
  const [{ model, objective, optimizer, averaging, captionDropout, dropPath, balance }] = specs as readonly [
    RunSpec,
    ...RunSpec[],
  ];
  const { path, prediction, weighting, density, uncertainty } = buildObjective(objective);
  const { clip, warmup, shape, decay, groups = [] } = optimizer;
  const { kind, ...average } = averaging;
  const fall = typeof shape === "string" ? shape : shape.kind;
  // Where all but nothing of a fall is left.
  const end = schedules.build(shape)(1e-6, { steps: 1, start: 1 });
  const ends = fall === "constant" ? "" : `, ${fall}${end < 1e-2 ? " to zero" : ""} over the last ${percent(decay, 0)}`;
  return [
    `${path.name} path, prediction of the ${predictionWords(prediction)}, ${weighting.name}, times ${density.name} stratified over the batch`,
    ...(uncertainty ? ["loss over what is learnt of it at each noise level"] : []),
    architectures.get(model.conditioning).words,
    ...partWords(model),
    `${buildOptimizer(optimizer).words}, clipping at ${clip}`,
    ...parameterizationWords(model),
    ...groups.map(groupWords),
    `batch ${range(specs.map(({ batch }) => batch))}`,
    `peak learning rate ${range(specs.map(({ optimizer: { learningRate } }) => learningRate))}, ${percent(warmup, 0)} warm-up${ends}`,
    `weights averaged: ${[kind, ...Object.entries(average).map(([name, value]) => `${name} ${value}`)].join(", ")}`,
    `${percent(captionDropout, 0)} of captions dropped`,
    ...(dropPath ? [`up to ${percent(dropPath, 0)} of branches dropped`] : []),
    ...(balance ? [`load-balance loss of weight ${balance}`] : []),
  ].join("; ");
};

/** Nothing of the standard parameterization, under which every parameter has the run's own rate. */
const parameterizationWords = ({ parameterization }: DitConfig): readonly string[] => {
  if (parameterization?.kind !== "muP") return [];
  const { baseWidth, baseHeads } = parameterization;
  return [
    `muP from a base of width ${baseWidth}, its heads ${baseWidth / baseHeads!} wide: rates of matrices times ${baseWidth} / width`,
  ];
};

/** What the blocks have beside the defaults. */
const partWords = ({ norm, mlp, positions, qkNorm = "none", registers, experts }: DitConfig): readonly string[] => {
  const turned = positions === "sincos+rope" ? "rotary positions besides sines and cosines" : "rotary positions";
  const words = [
    ...(norm === "rms" ? ["root-mean-square norms"] : []),
    ...(mlp === "swiglu" ? ["SwiGLU"] : []),
    ...(positions?.endsWith("rope") ? [turned] : []),
    ...(positions === "learned" ? ["learned positions"] : []),
    ...(qkNorm === "none" ? [] : [`norms of queries and keys (${qkNorm})`]),
    ...(registers ? [`${registers} registers`] : []),
    ...(experts ? [`${experts.active} of ${experts.count} experts`] : []),
  ];
  return words.length > 0 ? [words.join(", ")] : [];
};

const groupWords = ({ match, learningRate, weightDecay }: ParameterGroup): string => {
  const told = { "learning rate": learningRate, "weight decay": weightDecay };
  const given = Object.entries(told).filter(([, factor]) => factor !== undefined);
  return `${match}: ${given.map(([name, factor]) => `${name} times ${factor}`).join(", ")}`;
};

/** "0.01" or "0.009 to 0.012". */
const range = (values: readonly number[]): string => {
  const [low, high] = extent(values).map((value) => round(Number(value.toPrecision(3))));
  return low === high ? `${low}` : `${low} to ${high}`;
};
