import { readFile } from "node:fs/promises";
import { spread } from "../../decoders/per-channel.js";
import type { RecordCaptions } from "../../finite/captions.js";
import { classes } from "../../finite/classes.js";
import { type StoredFeatures, withFeatures } from "../../finite/features.js";
import { type FiniteSplit, finiteSource } from "../../finite/finite.js";
import { noCaptions } from "../../finite/no-captions.js";
import { type RecordStore, valuesOf } from "../../finite/store.js";
import { words } from "../../finite/words.js";
import { Moments } from "../../latents/moments.js";
import type { LatentOptions } from "../../latents/options.js";
import { remarksOnChannels } from "../../latents/remarks.js";
import { scaledStore } from "../../latents/scaling.js";
import type { Opening } from "../../opening.js";
import { BadItems, refusal, remarkOn } from "../../pictures/bad-items.js";
import type { DataSource, LatentScaling } from "../../source.js";
import { type ArrayPart, OpenFiles } from "../arrays/joined.js";
import { keptFeatures } from "../features/kept.js";
import { sha256 } from "../hash.js";
import { inputsOf } from "../records/inputs.js";
import { keptSet } from "../records/kept-set.js";
import type { StoredSet } from "../records/read-set.js";
import { type LatentParts, partsOf } from "./parts.js";
import { latentRows, latentShape } from "./rows.js";

const NAME = "latents";

/** Changes whenever the same files would be stored otherwise. */
const READING_VERSION = 1;

/**
 * The latents of files, which are read once and kept as records of 32-bit floats. @throws RangeError for options that do not fit together,
 * Error naming a file and what is wrong with it; the signal's reason
 */
export const latentSource = async (options: LatentOptions, opening: Opening = {}): Promise<DataSource<FiniteSplit>> => {
  const parts = await partsOf(options);
  const inputs = await inputsOf(parts.files, opening);
  const files = new OpenFiles();
  try {
    const key = sha256(JSON.stringify([READING_VERSION, NAME, placesOf(parts), inputs.sha256])).slice(0, 32);
    const stored = await keptLatents(files, parts, { key, check: inputs.check }, options, opening);
    const features = await featuresOf(files, parts, { key, check: inputs.check }, stored, opening);
    const { bad, remarks, shape } = stored.head;
    if (options.bad === "refuse" && bad.length > 0) throw refusal(NAME, bad);
    const scaling = scalingOf(options, shape[0]);
    const store = scaledStore(stored.store, scaling);
    const captions = await captionsOf(stored, parts, options);
    const source = finiteSource({
      ...{ name: `${NAME}-${shape.join("x")}`, store, hashes: stored.hashes, nameOf: stored.nameOf },
      captions: withChannels(features ? withFeatures(captions, features) : captions, store, scaling),
      ...{ validation: options.validation, seed: options.seed },
      provenance: {
        ...{ name: NAME, package: null, licence: "not stated", files: inputs.files, renderer: "none" },
        remarks: [...remarks, ...remarkOn(bad)],
      },
      settings: { scale: scaling.scale, shift: scaling.shift },
    });
    return withScaling(source, scaling);
  } finally {
    await files.close();
  }
};

const withScaling = (source: DataSource<FiniteSplit>, latents: LatentScaling): DataSource<FiniteSplit> => ({
  ...source,
  latents,
  withSeed: (seed) => withScaling(source.withSeed!(seed), latents),
});

/** Which files hold what. */
const placesOf = ({ latents, labels, captions, features }: LatentParts) => [
  placeOf(latents),
  labels && placeOf(labels),
  captions?.map(({ name }) => name),
  features && [placeOf(features.array), features.extent && [features.extent.kind, placeOf(features.extent)]],
];

const placeOf = ({ key, files }: ArrayPart) => [key, files.map(({ name }) => name)];

const keptLatents = async (
  files: OpenFiles,
  parts: LatentParts,
  { key, check }: { readonly key: string; readonly check: () => Promise<void> },
  options: LatentOptions,
  { cacheFolder, signal, onProgress }: Opening,
): Promise<StoredSet> =>
  keptSet({
    ...{ folder: cacheFolder, key },
    write: async (writer) => {
      const latents = await files.joined(parts.latents);
      const shape = latentShape(latents);
      const bad = new BadItems(NAME, options.bad);
      let done = 0;
      for await (const { name, values, caption, reason } of latentRows(files, parts)) {
        signal?.throwIfAborted();
        if (reason === undefined) writer.append(bytesOf(values), name, caption);
        else bad.add({ name, reason });
        done++;
        onProgress?.({ stage: "decoding", done, of: latents.shape[0]!, unit: "images" });
      }
      bad.end();
      if (done === bad.items.length) throw refusal(NAME, bad.items);
      // Else files would be kept under what others held.
      await check();
      return { shape, values: "f32", bad: bad.items, remarks: [] };
    },
  });

/** The features of the latents that are used, in their order. */
const featuresOf = async (
  files: OpenFiles,
  { features: parts, latents }: LatentParts,
  { key, check }: { readonly key: string; readonly check: () => Promise<void> },
  { head, nameOf }: StoredSet,
  opening: Opening,
): Promise<StoredFeatures | undefined> => {
  if (!parts) return undefined;
  const all = await files.joined(latents);
  const [rows] = all.shape as [number];
  const left = new Set(head.bad.map(({ name }) => name));
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) {
    const place = all.placeOf(row);
    if (left.size === 0 || !left.has(`${place.file}/${place.row}`)) kept.push(row);
  }
  const { count } = head;
  if (kept.length !== count) throw new Error(`${NAME}: ${kept.length} rows for ${count} records, such as ${nameOf(0)}`);
  const own = sha256(`features of ${key}`).slice(0, 32);
  return keptFeatures(files, { parts, rows, rowOf: (record) => kept[record]!, count, key: own, check }, opening);
};

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const scalingOf = ({ scale, shift }: LatentOptions, channels: number): LatentScaling => {
  const scales = spread("data.scale", scale, channels);
  if (scales.includes(0))
    throw new RangeError("data.scale is 0; it must be another number, or nothing is left of the latents");
  return { scale: scales, shift: spread("data.shift", shift, channels) };
};

const captionsOf = async (
  { head, captionOf }: StoredSet,
  { labels, captions, classNames }: LatentParts,
  options: LatentOptions,
): Promise<RecordCaptions> => {
  if (captions) return words(captionOf, options);
  if (!labels) return noCaptions;
  const given = Uint32Array.from({ length: head.count }, (_, record) => Number(captionOf(record)));
  const most = given.reduce((a, b) => Math.max(a, b), 0);
  const names = await classNamesOf(options, classNames?.path, most + 1);
  if (most >= names.length)
    throw new Error(
      `${NAME}: there is a label ${most} and there are ${names.length} class names; give one for each label from 0 on`,
    );
  return classes(names, (record) => given[record]!);
};

const classNamesOf = async (
  { classNames }: LatentOptions,
  file: string | undefined,
  count: number,
): Promise<readonly string[]> => {
  if (file !== undefined)
    return (await readFile(file, "utf8"))
      .replace(/^\uFEFF/, "")
      .trimEnd()
      .split(/\r?\n/);
  return (classNames as readonly string[] | undefined) ?? Array.from({ length: count }, (_, label) => String(label));
};

/** Records of which moments are taken: in the order of their hashes, so that they are a fair sample of more. */
const SAMPLE = 16_384;

/** Says how the channels are distributed among the latents that are trained on. */
const withChannels = (captions: RecordCaptions, store: RecordStore, scaling: LatentScaling): RecordCaptions => ({
  text: captions.text,
  reader: (training, all) => {
    const reader = captions.reader(training, all);
    const moments = new Moments(store.shape[0]);
    const record = new Float32Array(valuesOf(store.shape));
    const some = training.subarray(0, SAMPLE);
    for (const index of some) {
      store.read(index, record, 0);
      moments.add(record);
    }
    const of =
      some.length < training.length ? `${some.length} of ${training.length} latents` : `${some.length} latents`;
    return {
      ...reader,
      remarks: [...reader.remarks, ...remarksOnChannels(moments.result(), scaling, `training on ${of}`)],
    };
  },
});
