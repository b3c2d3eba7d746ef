import { join } from "node:path";
import type { DataSource } from "@isoflop/data";
import type { Sample } from "@isoflop/plot";
import type { SweepRun } from "@isoflop/sweep";
import type { Device } from "@isoflop/tensor";
import { fileCheckpoints } from "@isoflop/train/node";
import { draw } from "../sample/draw.js";
import type { Preset } from "./preset.js";

interface Drawing {
  /** The study's folder. */
  readonly out: string;
  readonly device: Device;
  readonly source: DataSource;
  readonly preset: Pick<Preset, "samples">;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Generated pictures for captions of the validation split, and the validation pictures of the same captions. */
export const drawSamples = async (
  { id, spec }: Pick<SweepRun, "id" | "spec">,
  { out, preset, ...drawing }: Drawing,
): Promise<Sample[]> => {
  const { checkpoint } = await fileCheckpoints(join(out, "runs", id, "checkpoints")).latest();
  if (!checkpoint) return [];
  const { count, ...how } = preset.samples;
  const { source } = drawing;
  const captions = Array.from({ length: count }, (_, i) => source.caption("validation", i));
  const generated = await draw({ spec, checkpoint }, { ...drawing, ...how, captions, solver: "heun" });
  const { images } = source.batch("validation", 0, count);
  const size = images.length / count;
  return [
    ...generated.map((sample): Sample => ({ group: "Generated", ...sample })),
    ...generated.slice(0, count / 2).map(
      (sample, i): Sample => ({
        ...sample,
        group: "Validation data",
        pixels: images.slice(i * size, (i + 1) * size),
      }),
    ),
  ];
};
