import type { DataSource } from "@isoflop/data";
import type { Conditioning } from "@isoflop/flops";
import type { HeldOut, IsoFlopOptimum, Law, Laws, LossCurve, Run, Sample, Study } from "@isoflop/plot";
import type { IsoFlop, IsoFlopPrediction, Outcome, PowerLaw } from "@isoflop/scaling";
import type { RunStore } from "@isoflop/sweep";
import type { Device } from "@isoflop/tensor";
import type { DoneRun } from "../runs/point.js";
import { bandOf, fitLaws } from "./laws.js";
import type { StudyPlan } from "./plan.js";

export interface SummaryParts {
  readonly plan: StudyPlan;
  readonly device: Device;
  readonly source: DataSource;
  readonly seconds: number;
  readonly timings: Readonly<Record<string, number>>;
  readonly fitted: readonly DoneRun[];
  readonly laws: IsoFlop;
  readonly prediction?: IsoFlopPrediction;
  readonly heldOut?: DoneRun;
  readonly curves?: readonly LossCurve[];
  readonly samples?: readonly Sample[];
  readonly versions: Readonly<Record<string, string>>;
  readonly reproduce: string;
}

/** A run as figures and summaries show it. */
export const runOf = ({ id, spec, result }: DoneRun): Run => ({
  id,
  budget: spec.budget,
  params: result.paramsNonEmbedding,
  tokens: result.tokens,
  flops: result.flops,
  loss: result.loss,
  lossStdErr: result.lossStdErr,
  seconds: result.seconds,
});

/** The vertex of a budget's parabola, or why there is none. */
export const optimumOf = (profile: IsoFlop["budgets"][number]): IsoFlopOptimum => {
  if (profile.status !== "interior")
    return {
      budget: profile.C,
      optimalParams: null,
      optimalTokens: null,
      optimalLoss: null,
      interior: false,
      reason: profile.message,
    };
  const { N, D, loss } = profile.optimum;
  return {
    budget: profile.C,
    optimalParams: N.value,
    optimalTokens: D.value,
    optimalLoss: loss.value,
    interior: true,
    // d2L / d(ln N)2 is twice the quadratic coefficient.
    curvature: profile.parabola ? 2 * profile.parabola.N.curvature.value : null,
  };
};

const lawOf = (law: Outcome<PowerLaw>, from: number, to: number): Law | undefined =>
  law.ok
    ? {
        coefficient: law.coefficient.value,
        exponent: law.exponent.value,
        ci95: law.exponent.ci95,
        band: bandOf(law, from, to),
      }
    : undefined;

/** The three laws with their bands between two budgets, unless one of them was refused. */
export const lawsBetween = (fit: IsoFlop, from: number, to: number): Laws | null => {
  const [params, tokens, loss] = [fit.N, fit.D, fit.loss].map((law) => lawOf(law, from, to));
  return params && tokens && loss ? { params, tokens, loss } : null;
};

const heldOutOf = ({ prediction, heldOut }: SummaryParts): HeldOut | null => {
  if (!prediction) return null;
  const { C: budget, loss } = prediction;
  const base = { budget, predictedLoss: loss.value, interval95: loss.interval95 };
  if (!heldOut) return base;
  const { loss: measuredLoss, lossStdErr: measuredStdErr } = heldOut.result;
  return { ...base, measuredLoss, measuredStdErr, relativeError: (measuredLoss - loss.value) / loss.value };
};

/** Training losses, thinned to what a figure can show. */
export const curvesOf = async (records: readonly DoneRun[], store: RunStore): Promise<LossCurve[]> =>
  Promise.all(
    records.map(async ({ id, spec, result }) => {
      const metrics = await store.metrics(id);
      const size = Math.max(1, Math.ceil(metrics.length / 120));
      const tokens: number[] = [];
      const loss: number[] = [];
      for (let i = 0; i < metrics.length; i += size) {
        const bin = metrics.slice(i, i + size);
        tokens.push((result.tokens / spec.steps) * (bin.at(-1)!.step + 1));
        loss.push(bin.reduce((sum, entry) => sum + entry.loss, 0) / bin.length);
      }
      return { id, tokens, loss };
    }),
  );

/** The study as plain data: what `summary.json` holds and the report is drawn from. */
export const summarize = (parts: SummaryParts): Study => {
  const { plan, device, source, seconds, timings, fitted, laws, heldOut, curves, samples, versions, reproduce } = parts;
  const { preset } = plan;
  const withEmbeddings = fitLaws(fitted, "trainable");
  const describe = source.describe() as unknown as Record<string, unknown>;
  const text = (key: string): string | undefined =>
    typeof describe[key] === "string" ? (describe[key] as string) : undefined;
  return {
    preset: preset.name,
    device: { backend: device.name, description: device.description },
    data: {
      name: source.name,
      ...(text("source") && { source: text("source")! }),
      ...(text("licence") && { licence: text("licence")! }),
      details: JSON.stringify(describe),
    },
    seconds,
    timings,
    runs: [...fitted, ...(heldOut ? [heldOut] : [])].map(runOf),
    plannedRuns: plan.grid.length + 1,
    isoflop: laws.budgets.map(optimumOf),
    laws: lawsBetween(laws, preset.budgets[0]!, preset.heldOut),
    heldOut: heldOutOf(parts),
    ...(curves && { curves }),
    ...(samples && { samples }),
    reproduce,
    published: {
      source: "arXiv 2410.08184 (256 px, 1e17 to 6e18 FLOPs)",
      params: 0.5681,
      tokens: 0.4319,
      loss: -0.0273,
    },
    choices: choicesOf(plan, source, laws, withEmbeddings, versions),
  };
};

const architectures: Readonly<Record<Conditioning, string>> = {
  inContext: "in-context transformer",
  crossAttention: "cross-attention transformer",
  adaLN: "adaLN transformer",
  adaLNZero: "adaLN-Zero transformer",
  adaLNSingle: "transformer with one adaLN for all blocks and cross-attention",
  mmDit: "transformer of two streams with joint attention",
};

const choicesOf = (
  plan: StudyPlan,
  source: DataSource,
  laws: IsoFlop,
  withEmbeddings: IsoFlop,
  versions: Readonly<Record<string, string>>,
): NonNullable<Study["choices"]> => {
  const { preset, seed } = plan;
  const { learningRate: rule } = preset;
  const exponent = (law: Outcome<PowerLaw>): string =>
    law.ok ? law.exponent.value.toFixed(3) : `refused (${law.reason})`;
  return {
    axes: "loss against ln N at equal C; the parabola is fitted to the loss itself; laws are straight lines in ln-ln",
    parameters: `N counts trainable parameters that take part in products: without word and position tables. With them the exponents are N ${exponent(withEmbeddings.N)}, D ${exponent(withEmbeddings.D)}, loss ${exponent(withEmbeddings.loss)}`,
    tokens: `D counts image tokens, ${(preset.image / preset.patch) ** 2} per image; what ${source.captionLength} word tokens and the time cost is paid for in C and not counted in D`,
    flops:
      "FLOPs, 2 per multiply-add, of every matrix product of forward and backward pass, attention included and its scores computed twice in the backward pass; norms, activations and the optimizer are not counted; equal to the count of the traced program",
    loss: `mean squared error of the velocity on ${preset.validationImages} held-out images with fixed noise, times at equally spaced quantiles of the logit-normal density, averaged weights; standard error over images and noise`,
    fit: "least-squares parabola per budget; budgets without an interior minimum of positive curvature enter no law; power laws by least squares in ln-ln",
    intervals: `laws: Student's t on the scatter of the optima. Prediction: curvature of the loss law integrated out over power laws, laws with a floor and laws still steepening, with the noise of one run (${laws.noise.degreesOfFreedom > 0 ? laws.noise.standardDeviation.toFixed(4) : "unknown"}) added`,
    filters:
      laws.dropped.length === 0
        ? "none: every run and every budget was used"
        : laws.dropped.map(({ C, message }) => `${C.toExponential(1)}: ${message}`).join("; "),
    recipe: `rectified flow, velocity, logit-normal(0, 1) times stratified over the batch; ${architectures[preset.conditioning]}; AdamW (0.9, 0.99), weight decay 0.01, clipping at 1; batch ${preset.batch}; learning rate ${rule.base} (${rule.baseWidth} / width)^${rule.exponent}, 5 % warm-up, linear to zero over the last 30 %; power-function average of the weights; ${100 * preset.captionDropout} % of captions dropped`,
    seeds: [seed],
    versions,
  };
};
