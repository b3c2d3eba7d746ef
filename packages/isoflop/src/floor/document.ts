import type { DataSource } from "@isoflop/data";
import type { DataSpec } from "@isoflop/sweep";
import { inputError } from "../exit.js";
import { versions } from "../versions.js";
import type { AskedLoss } from "./asked.js";
import { type Floor, floorOf, whyNoFloor } from "./floor.js";

/** One loss and its floors. */
export interface LossFloors extends AskedLoss {
  /** Of the data, with their size. */
  readonly source: string;
  /** Of models that were not told what was held out, then of any whatever. Empty where nobody knows them. */
  readonly floors: readonly Floor[];
  /** Why there are none. */
  readonly why?: string;
}

export interface FloorDocument {
  readonly command: "floor";
  readonly losses: readonly LossFloors[];
  readonly versions: Readonly<Record<string, string>>;
}

export interface FloorsOptions {
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
  readonly signal: AbortSignal;
  /** Told how much of all is done. */
  readonly onProgress: (done: number, of: number) => void;
}

/** @throws CliError `input` where no floor is known of any of the losses, telling of which data one is */
export const floorsOf = async (asked: readonly AskedLoss[], options: FloorsOptions): Promise<FloorDocument> => {
  const losses: LossFloors[] = [];
  for (const loss of asked) losses.push(await floorsOfOne(loss, options));
  if (losses.every(({ why }) => why !== undefined))
    throw inputError(
      `${losses[0]!.why}. Of the sources that come with isoflop emoji and shapes have floors, and a source of your own that has a posterior`,
    );
  return { command: "floor", losses, versions: versions("@isoflop/train", "@isoflop/data") };
};

const floorsOfOne = async (loss: AskedLoss, { openData, signal, onProgress }: FloorsOptions): Promise<LossFloors> => {
  const source = await openData(loss.data);
  const measured = { source, file: loss };
  const why = whyNoFloor(measured);
  const told = { ...loss, source: source.name };
  if (why !== undefined) return { ...told, floors: [], why };
  const priors = ["all", loss.validation.split];
  const floors: Floor[] = [];
  for (const [i, prior] of priors.entries()) {
    const share = (done: number, of: number) => onProgress(i * of + done, priors.length * of);
    floors.push((await floorOf(measured, { prior, signal, onProgress: share }))!);
  }
  return { ...told, floors };
};
