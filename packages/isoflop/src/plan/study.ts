import { memory, parameters } from "@isoflop/flops";
import { extent } from "@isoflop/scaling";
import { computeConvention, type SweepRun } from "@isoflop/sweep";
import { dataOpener } from "@isoflop/sweep/node";
import type { ResolvedStudy } from "../study/file/read.js";
import { planStudy } from "../study/plan.js";
import { versions } from "../versions.js";

/** The runs of a study before any is trained, as a document. */
export const studyPlan = async (study: ResolvedStudy) => {
  const { name, hash, data, grid, heldOut, notes } = await planStudy(study, dataOpener());
  return {
    command: "plan" as const,
    ...{ name, hash, data, notes },
    counts: {
      N: "nonEmbedding",
      D: "image tokens",
      C: computeConvention.name,
      memory: "f32, AdamW, averaged weights",
    },
    runs: grid.map(rowOf),
    heldOut: heldOut.map(({ budget, candidates }) => {
      const [from, to] = extent(candidates.map(({ config }) => parameters(config).nonEmbedding));
      const size = "the one of these nearest to the optimum that the law predicts";
      return { budget, size, from, to, sizes: candidates.map((candidate) => candidate.name) };
    }),
    totalFlops: [...grid.map(({ flops }) => flops), ...heldOut.map(({ budget }) => budget)].reduce((a, b) => a + b, 0),
    versions: versions("@isoflop/flops", "@isoflop/sweep", "@isoflop/data"),
  };
};

const rowOf = ({
  id,
  budget,
  name,
  spec,
  batch,
  paramsNonEmbedding,
  params,
  tokens,
  steps,
  flops,
  roundingError,
}: SweepRun) => ({
  ...{ id, budget, name, params: paramsNonEmbedding, paramsTrainable: params },
  ...{ tokens, steps, batch, seed: spec.seed, flops, roundingError },
  learningRate: spec.optimizer.learningRate,
  memoryBytes: memory(spec.model, { batch }).total,
});

export type StudyPlanDocument = Awaited<ReturnType<typeof studyPlan>>;
