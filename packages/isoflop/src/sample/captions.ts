import { allocateBatch, type DataSource } from "@isoflop/data";
import { conditionFrom } from "@isoflop/dit";
import type { RunSpec } from "@isoflop/sweep";
import type { Device } from "@isoflop/tensor";
import { type Captions, uploadCaptions } from "@isoflop/train";
import { inputError } from "../exit.js";

/** What to draw: a caption in words, or the number of one of the validation split. */
export type Asked = string | number;

/** Captions as a model reads them, and as a person does. */
export interface AskedCaptions {
  readonly texts: readonly string[];
  readonly captions: Int32Array;
  readonly features?: Float32Array;
  readonly lengths?: Int32Array;
}

/** A source's answer, of which what it refuses is a mistake of whoever asked. */
const tried = <T>(what: string, source: DataSource, ask: () => T): T => {
  try {
    return ask();
  } catch (error) {
    throw inputError(`${what} for a model of ${source.name}: ${(error as Error).message.replace(/^caption: /, "")}`);
  }
};

/**
 * Captions for a model of a context.
 * @throws CliError for a word that the model does not know, a number past the split, and words for a model that takes none or reads vectors
 */
export const askedCaptions = (
  { kind }: RunSpec["model"]["context"],
  source: DataSource,
  asked: readonly Asked[],
): AskedCaptions => {
  const { captionLength, vocabulary, features: vectors } = source;
  const pictureless = { shape: [0, 0, 0], captionLength, ...(vectors && { features: vectors }) } as const;
  const { captions, features, lengths } = allocateBatch(pictureless, asked.length);
  lengths?.fill(1);
  const texts = asked.map((one, i) => {
    if (kind === "none" && one !== "" && typeof one === "string")
      throw inputError("the model takes no captions; leave out --caption");
    if (typeof one === "number") {
      const own = tried("--index", source, () => source.batch("validation", one, 1));
      captions.set(own.captions, i * captionLength);
      if (own.features && vectors) features?.set(own.features, i * vectors.tokens * vectors.dim);
      if (own.lengths) lengths?.set(own.lengths, i);
      return kind === "none" ? "" : source.caption("validation", one);
    }
    if (kind === "features" && one !== "")
      throw inputError(
        `captions of a model of ${source.name} are vectors, which cannot be typed; name captions of the validation split by their numbers, such as --index 0`,
      );
    const words = tried("--caption", source, () => vocabulary.encode(one, captionLength));
    captions.set(words, i * captionLength);
    return one;
  });
  return { texts, captions, ...(features && { features }), ...(lengths && { lengths }) };
};

/**
 * Captions on a device, as the model of a context reads them; the caller disposes them.
 * @throws CliError for a word that the source knows and the model does not
 */
export const captionsOn = (
  device: Device,
  context: RunSpec["model"]["context"],
  source: DataSource,
  { texts, ...told }: AskedCaptions,
): Captions => {
  const { kind } = context;
  if (kind === "none" || kind === "features")
    return uploadCaptions(device, source, told, texts.length, kind === "features" ? kind : "words");
  const { captionLength } = source;
  // A label is told as a word: 0 is none, k is class k - 1.
  const words =
    kind === "words" ? context : { kind: "words" as const, tokens: captionLength, vocabulary: context.classes + 1 };
  const rows = texts.map((_, i) => told.captions.subarray(i * captionLength, (i + 1) * captionLength));
  return tried("captions", source, () => conditionFrom(words, rows, device));
};
