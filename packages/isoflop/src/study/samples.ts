import type { DataSource } from "@isoflop/data";
import type { Sample } from "@isoflop/plot";
import type { RunSpec } from "@isoflop/sweep";
import type { Device } from "@isoflop/tensor";
import { decodeSamples, sampleDecoder } from "../sample/decode.js";
import { draw } from "../sample/draw.js";
import { picturesOf } from "../sample/pictures.js";
import type { StudyFile } from "./file/schema.js";
import type { StudyFolder } from "./folder.js";

type Samples = NonNullable<StudyFile["samples"]>;

interface Drawing {
  readonly folder: StudyFolder;
  readonly device: Device;
  readonly source: DataSource;
  readonly samples: Pick<Samples, "count" | "steps" | "guidance"> & Partial<Samples>;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, of: number) => void;
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
  const captions = Array.from({ length: count }, (_, i) => i);
  const generated = await draw({ spec, checkpoint }, { ...drawing, solver: "heun", ...how, captions });
  const { images } = source.batch("validation", 0, count);
  const texts = generated.map(({ caption }) => caption);
  const real = picturesOf(images, source.shape, texts.slice(0, count / 2));
  const groups = [
    ...generated.map((sample): Sample => ({ group: "Generated", ...sample })),
    ...real.map((sample): Sample => ({ ...sample, group: "Validation data" })),
  ];
  return decodeSamples(groups, decoder, device);
};
