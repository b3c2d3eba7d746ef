import { sources } from "@isoflop/data";
import { type ObjectiveInput, objectiveSchema } from "@isoflop/diffusion";
import { read } from "@isoflop/spec";
import type { DataSpec } from "@isoflop/sweep";
import type { ValidationSpec } from "@isoflop/train";
import { usageError } from "../exit.js";
import type { AskedData } from "../options/common.js";
import { armsOf } from "../study/arms.js";
import { dataOf } from "../study/file/data.js";
import { type ResolvedStudy, resolveStudy, writtenStudy } from "../study/file/read.js";
import type { Assignment } from "../study/file/set.js";

/** A loss whose floor is asked. */
export interface AskedLoss {
  /** The study or its arms, or the data as they were named. */
  readonly name: string;
  readonly data: DataSpec;
  readonly objective: ObjectiveInput;
  readonly validation: ValidationSpec;
}

/** What stands on the command line in place of a study. */
export interface LossOptions {
  readonly data: AskedData;
  readonly image?: string;
  readonly objective: string;
  readonly split: string;
  readonly validationImages: number;
}

/** The loss on data that are named on the command line. @throws CliError for an option that these data do not have, or an objective that is none */
export const lossOf = ({ data, image, objective, split, validationImages }: LossOptions): AskedLoss => {
  const error = usageError;
  const spec = { ...data.spec, ...(image !== undefined && { size: Number(image) }) };
  return {
    name: data.text,
    data: read(sources.schema, spec, { name: "--data", error }),
    objective: read(objectiveSchema, objective, { name: "--objective", error }),
    validation: { split, images: validationImages },
  };
};

/** The losses of a study: one, or where it compares data or objectives one for each of these. */
export const lossesOf = async (named: string, set: readonly Assignment[]): Promise<readonly AskedLoss[]> => {
  const written = await writtenStudy(named);
  const study = await resolveStudy(written, set);
  const arms = await armsOf(written, set, study);
  if (!arms) return [lossOfStudy(study.file.name, study)];
  const unlike = new Map<string, AskedLoss>();
  for (const arm of arms) {
    const { name, ...loss } = lossOfStudy(arm.name, arm.study);
    const key = JSON.stringify(loss);
    const before = unlike.get(key);
    unlike.set(key, { ...loss, name: before ? `${before.name}, ${name}` : name });
  }
  return [...unlike.values()];
};

const lossOfStudy = (name: string, study: ResolvedStudy): AskedLoss => {
  const { objective, validation } = study.file;
  return { name, data: dataOf(study), objective, validation };
};
