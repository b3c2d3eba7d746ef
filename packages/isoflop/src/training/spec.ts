import type { DataSource } from "@isoflop/data";
import { sizeOf } from "@isoflop/dit";
import { configKeys, type DitConfig } from "@isoflop/flops";
import { type DataSpec, type RunSpec, type RunSpecInput, runSpec, stepFlops, stepsFor } from "@isoflop/sweep";
import { onlyKeys, setupFor } from "@isoflop/train";
import { inputError } from "../exit.js";
import { CONVENTION } from "../study/plan.js";

type Loose = Readonly<Record<string, unknown>>;

/** Stands in where only the rest of a spec is to be checked. */
const anyModel: DitConfig = {
  image: { height: 16, width: 16, channels: 3 },
  patch: 2,
  width: 16,
  depth: 1,
  heads: 1,
  conditioning: "inContext",
  context: { kind: "none" },
};

/**
 * A whole spec from what a person wrote. The data give the model its image and captions, the ladder's rule depth and heads from the
 * width, and of steps and budget one gives the other. What is written wins.
 * @throws TrainError, SweepError, FlopsError or DitError naming the field, its value and what would be right
 */
export const completeSpec = async (
  given: Loose,
  openData: (spec: DataSpec) => Promise<DataSource>,
): Promise<RunSpec> => {
  const { model: givenModel, steps, budget, ...others } = { data: { source: "emoji" }, ...given } as Loose;
  const rest = others as unknown as Omit<RunSpecInput, "model" | "steps" | "budget">;
  // Mistakes are told before data are opened, which may take a while.
  const { data, batch } = runSpec({ ...rest, model: anyModel, steps: 1, budget: 1 });
  const written = onlyKeys(givenModel ?? {}, "spec.model", configKeys) as Partial<DitConfig>;
  if (written.width === undefined)
    throw inputError("spec.model.width is missing; it must be a multiple of 8, such as 32");
  const sized = written.depth === undefined || written.heads === undefined ? sizeOf(written.width) : {};
  const setup = setupFor(await openData(data), written.patch === undefined ? {} : { patch: written.patch });
  const model = { ...setup, ...sized, ...written } as DitConfig;
  return runSpec({ ...rest, model, ...spendingOf({ model, batch, steps, budget }) });
};

/** Steps and compute budget, one from the other. */
const spendingOf = ({
  model,
  batch,
  steps,
  budget,
}: {
  readonly model: DitConfig;
  readonly batch: number;
  readonly steps: unknown;
  readonly budget: unknown;
}): Pick<RunSpecInput, "steps" | "budget"> => {
  if (steps === undefined && budget === undefined)
    throw inputError("spec.steps is missing; give the steps, or as budget the FLOPs to spend");
  const perStep = stepFlops(model, batch, CONVENTION);
  return {
    steps: steps === undefined ? stepsFor(Number(budget), perStep, `width ${model.width}`) : (steps as number),
    budget: budget === undefined ? perStep * Math.max(1, Number(steps) || 1) : (budget as number),
  };
};
