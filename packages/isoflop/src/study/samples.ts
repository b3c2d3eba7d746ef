import type { DataSource } from "@isoflop/data";
import type { Sample } from "@isoflop/plot";
import type { RunSpec } from "@isoflop/sweep";
import type { Device } from "@isoflop/tensor";
import { decodeSamples, sampleDecoder } from "../sample/decode.js";
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
  /** Told why nothing is drawn. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/**
 * Generated pictures for captions of the validation split, and the validation pictures of the same captions; of latents through the decoder
 * that the data name.
 */
export const drawSamples = async (
  { id, spec }: { readonly id: string; readonly spec: RunSpec },
  { folder, onNote, samples: { count, ...how }, ...drawing }: Drawing,
): Promise<readonly Sample[]> => {
  const { checkpoint } = await folder.checkpoint(id);
  if (!checkpoint) return [];
  const { source, device } = drawing;
  const decoder = await sampleDecoder(spec.data, source);
  if (decoder.kind === "none") {
    onNote?.(decoder.reason);
    return [];
  }
  const captions = Array.from({ length: count }, (_, i) => source.caption("validation", i));
  const generated = await draw({ spec, checkpoint }, { ...drawing, ...how, captions, solver: "heun" });
  const { images } = source.batch("validation", 0, count);
  const size = images.length / count;
  const real = (sample: Sample, i: number): Sample => ({ ...sample, pixels: images.slice(i * size, (i + 1) * size) });
  const groups = [
    ...generated.map((sample): Sample => ({ group: "Generated", ...sample })),
    ...generated.slice(0, count / 2).map((sample, i) => real({ ...sample, group: "Validation data" }, i)),
  ];
  return decodeSamples(groups, decoder, device);
};
