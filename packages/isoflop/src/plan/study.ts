import { memory, parameters } from "@isoflop/flops";
import { extent } from "@isoflop/scaling";
import { computeConvention, type DataSpec, type SweepRun } from "@isoflop/sweep";
import { dataOpener } from "@isoflop/sweep/node";
import { planStudy } from "../study/plan.js";
import type { Preset } from "../study/preset.js";
import { versions } from "../versions.js";

/** The runs of a study that can be trained here, as a document. */
export const studyPlan = async (preset: Preset, source: DataSpec["source"], seed: number) => {
  const data: DataSpec = { source, size: preset.image, seed };
  const { grid, candidates } = planStudy(preset, data, await dataOpener()(data), seed);
  const [from, to] = extent(candidates.map(({ config }) => parameters(config).nonEmbedding));
  return {
    command: "plan" as const,
    preset: preset.name,
    data,
    seed,
    counts: {
      N: "nonEmbedding",
      D: "image tokens",
      C: computeConvention.name,
      memory: "f32, AdamW, averaged weights",
    },
    batch: preset.batch,
    runs: grid.map(rowOf),
    heldOut: {
      budget: preset.heldOut,
      size: "the one of these nearest to the optimum that the law predicts",
      from,
      to,
      sizes: candidates.map(({ name }) => name),
    },
    totalFlops: grid.reduce((sum, { flops }) => sum + flops, 0) + preset.heldOut,
    versions: versions("@isoflop/flops", "@isoflop/sweep", "@isoflop/data"),
  };
};

const rowOf = ({
  id,
  budget,
  name,
  spec,
  paramsNonEmbedding,
  params,
  tokens,
  steps,
  flops,
  roundingError,
}: SweepRun) => ({
  ...{ id, budget, name, params: paramsNonEmbedding, paramsTrainable: params },
  ...{ tokens, steps, flops, roundingError },
  learningRate: spec.optimizer.learningRate,
  memoryBytes: memory(spec.model, { batch: spec.batch }).total,
});

export type StudyPlanDocument = Awaited<ReturnType<typeof studyPlan>>;
