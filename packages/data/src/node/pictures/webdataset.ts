import type { FiniteSplit } from "../../finite/finite.js";
import type { Opening } from "../../opening.js";
import { refusal } from "../../pictures/bad-items.js";
import { isImage } from "../../pictures/endings.js";
import type { FoundItem } from "../../pictures/item.js";
import type { CaptionKind, PictureOptions } from "../../pictures/options.js";
import type { DataSource } from "../../source.js";
import type { InputFile } from "../records/inputs.js";
import { filesOf } from "./paths.js";
import { type Origin, pictureSource } from "./picture-set.js";
import { BadShard, type Sample, samplesOf } from "./samples.js";

/** Tar shards in the layout of WebDataset. */
export interface WebDatasetOptions extends PictureOptions {
  readonly path: string;
  /** The field of `.json` members that holds the caption or class. */
  readonly field?: string | undefined;
}

/**
 * The images of tar shards, with captions in `.txt` or `.json` members or classes in `.cls` or `.json`, as the first sample has them.
 * @throws Error naming shards and samples that cannot be used, or what is not there
 */
export const webDataset = async (options: WebDatasetOptions, opening: Opening = {}): Promise<DataSource<FiniteSplit>> =>
  shardFiles(await filesOf("webdataset", options.path), options, opening, { name: "webdataset" });

/** The images of shards. */
export const shardFiles = async (
  files: readonly InputFile[],
  options: Omit<WebDatasetOptions, "path">,
  opening: Opening,
  origin: Origin,
): Promise<DataSource<FiniteSplit>> => {
  const place = await captionPlace(origin.name, files, options);
  return pictureSource(
    { ...origin, files, captions: place.kind, reading: { ...place }, items: () => itemsOf(files, place) },
    options,
    opening,
  );
};

/** Where a sample has its caption. */
interface CaptionPlace {
  readonly kind: CaptionKind;
  readonly ending?: "txt" | "cls" | "json";
  readonly field?: string;
}

const captionPlace = async (
  source: string,
  shards: readonly InputFile[],
  { captions, field, bad }: Omit<WebDatasetOptions, "path">,
): Promise<CaptionPlace> => {
  const { shard, first } = await firstSample(source, shards, bad);
  const places = (["words", "classes"] as const)
    .filter((kind) => (captions ?? kind) === kind)
    .flatMap((kind) => placesOf(kind, field));
  const found = places.find((place) => captionOf(first, place) !== undefined);
  if (found) return found;
  if (captions === undefined || captions === "none") return { kind: "none" };
  const looked = places.map(
    ({ ending, field: name }) => `.${ending}${name === undefined ? "" : ` with a field "${name}"`}`,
  );
  throw new Error(
    `${source}: captions is "${captions}", and ${shard.name}/${first.key} has no ${looked.join(", no ")}`,
  );
};

const placesOf = (kind: "words" | "classes", field: string | undefined): CaptionPlace[] => {
  const ending = kind === "words" ? "txt" : "cls";
  const fields = kind === "words" ? ["caption", "text"] : ["label", "class"];
  if (field !== undefined) return [{ kind, ending: "json", field }];
  return [{ kind, ending }, ...fields.map((name) => ({ kind, ending: "json" as const, field: name }))];
};

const firstSample = async (source: string, shards: readonly InputFile[], bad: "refuse" | "skip") => {
  for (const shard of shards)
    try {
      for await (const first of samplesOf(shard)) if (imageOf(first) !== undefined) return { shard, first };
    } catch (error) {
      if (!(error instanceof BadShard)) throw error;
      if (bad === "refuse") throw refusal(source, [{ name: shard.name, reason: error.message }], true);
    }
  throw new Error(`${source}: there are no images in ${shards.map(({ name }) => name).join(", ")}`);
};

async function* itemsOf(shards: readonly InputFile[], place: CaptionPlace): AsyncGenerator<FoundItem> {
  for (const shard of shards)
    try {
      for await (const sample of samplesOf(shard)) yield itemOf(shard, sample, place);
    } catch (error) {
      if (!(error instanceof BadShard)) throw error;
      yield { name: shard.name, reason: error.message };
    }
}

const itemOf = (shard: InputFile, sample: Sample, place: CaptionPlace): FoundItem => {
  const ending = imageOf(sample);
  if (ending === undefined) return { name: `${shard.name}/${sample.key}`, reason: "it has no image" };
  const name = `${shard.name}/${sample.key}.${ending}`;
  if (place.kind === "none") return { name, caption: "", bytes: async () => sample.members.get(ending)! };
  const caption = captionOf(sample, place);
  if (caption === undefined) return { name, reason: `it has no .${place.ending} with a caption` };
  if (caption === "") return { name, reason: "its caption is empty" };
  return { name, caption, bytes: async () => sample.members.get(ending)! };
};

const imageOf = ({ members }: Sample): string | undefined =>
  [...members.keys()].find((ending) => isImage(`.${ending}`));

const captionOf = ({ members }: Sample, { ending, field }: CaptionPlace): string | undefined => {
  const bytes = ending && members.get(ending);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  return ending === "json" ? fieldOf(text, field!) : text.trim();
};

const fieldOf = (text: string, field: string): string | undefined => {
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>> | null)?.[field];
    return typeof value === "string" || typeof value === "number" ? String(value).trim() : undefined;
  } catch {
    return undefined;
  }
};
