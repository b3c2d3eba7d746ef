import type { DataSource } from "@isoflop/data";
import { checkCounted } from "@isoflop/dit";
import {
  conditionings,
  configKeys,
  type DitConfig,
  type LadderRuleName,
  ladderRules,
  type Setup,
  type Size,
  sized,
  stepFlops,
} from "@isoflop/flops";
import { only, read } from "@isoflop/spec";
import {
  computeConvention,
  contentOf,
  type DataSpec,
  type RunSpec,
  type RunSpecInput,
  runSpec,
  stepsFor,
} from "@isoflop/sweep";
import { outputsOf, setupFor } from "@isoflop/train";
import { inputError } from "../exit.js";
import { runPositions, usedModules } from "../modules/index.js";

type Loose = Readonly<Record<string, unknown>>;

/** Stands in where only the rest of a spec is to be checked. */
const anyModel: DitConfig = {
  image: { height: 16, width: 16, channels: 3 },
  patch: 2,
  ...ladderRules.shallow(16),
  conditioning: "inContext",
  context: { kind: "none" },
};

const anyContent = { data: "0".repeat(32) };

/**
 * A whole spec from what a person wrote. The data give the model its image and captions, the ladder's rule depth and heads from the
 * width, and of steps and budget one gives the other. What is written wins. The modules whose parts it names are its content.
 * @throws TrainError, SweepError, FlopsError or DitError naming the field, its value and what would be right
 */
export const completeSpec = async (
  given: Loose,
  openData: (spec: DataSpec) => Promise<DataSource>,
  rule: LadderRuleName,
): Promise<RunSpec> => {
  const { model: givenModel, steps, budget, ...others } = { data: { source: "emoji" }, ...given } as Loose;
  const rest = others as unknown as Omit<RunSpecInput, "model" | "steps" | "budget" | "content">;
  // Mistakes are told before data are opened, which may take a while.
  const some = { steps: (steps ?? 1) as number, budget: (budget ?? 1) as number };
  const checked = runSpec({ ...rest, model: anyModel, ...some, content: anyContent });
  const written = read(only(configKeys), givenModel ?? {}, {
    name: "spec.model",
    error: inputError,
  }) as Partial<DitConfig>;
  if (written.width === undefined)
    throw inputError("spec.model.width is missing; it must be a multiple of 8, such as 32");
  if (steps === undefined && budget === undefined)
    throw inputError("spec.steps is missing; give the steps, or as budget the FLOPs to spend");
  const size = written.depth === undefined || written.heads === undefined ? ladderRules[rule](written.width) : {};
  const source = await openData(checked.data);
  const setup = setupFor(source, written.patch === undefined ? {} : { patch: written.patch });
  const outputs = outputsOf(checked.objective, written.image ?? setup.image);
  const complete = { ...setup, ...outputs, ...written } as Setup;
  const model = sized(complete, { ...size, ...written } as Size, ladderRules[rule]);
  const { batch } = checked;
  // A count that is not its model's would give budgets that mean nothing.
  if (!(conditionings as readonly string[]).includes(model.conditioning)) await checkCounted(model);
  const used = usedModules({ ...rest, model }, runPositions);
  return runSpec({
    ...{ ...rest, model, content: contentOf(source, used) },
    steps: steps === undefined ? stepsFor(checked.budget, model, batch) : checked.steps,
    budget: budget === undefined ? checked.steps * stepFlops(model, batch, computeConvention) : checked.budget,
  });
};
