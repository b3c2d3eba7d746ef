import type { DataSource } from "@isoflop/data";
import type { Sample } from "@isoflop/plot";
import type { RunSpec } from "@isoflop/sweep";
import type { Device } from "@isoflop/tensor";
import { draw } from "../sample/draw.js";
import type { StudyFile } from "./file/schema.js";
import type { StudyFolder } from "./folder.js";

interface Drawing {
  readonly folder: StudyFolder;
  readonly device: Device;
  readonly source: DataSource;
  readonly samples: NonNullable<StudyFile["samples"]>;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Generated pictures for captions of the validation split, and the validation pictures of the same captions. */
export const drawSamples = async (
  { id, spec }: { readonly id: string; readonly spec: RunSpec },
  { folder, samples: { count, ...how }, ...drawing }: Drawing,
): Promise<Sample[]> => {
  const { checkpoint } = await folder.checkpoint(id);
  if (!checkpoint) return [];
  const { source } = drawing;
  const captions = Array.from({ length: count }, (_, i) => source.caption("validation", i));
  const generated = await draw({ spec, checkpoint }, { ...drawing, ...how, captions, solver: "heun" });
  const { images } = source.batch("validation", 0, count);
  const size = images.length / count;
  const real = (sample: Sample, i: number): Sample => ({ ...sample, pixels: images.slice(i * size, (i + 1) * size) });
  return [
    ...generated.map((sample): Sample => ({ group: "Generated", ...sample })),
    ...generated.slice(0, count / 2).map((sample, i) => real({ ...sample, group: "Validation data" }, i)),
  ];
};
