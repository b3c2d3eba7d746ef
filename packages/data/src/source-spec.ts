import { choice } from "@isoflop/spec";
import * as v from "valibot";
import { type DataSpec, sources } from "./sources.js";

/** Endings of files, and the source that reads such files. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/\.(tar|tar\.gz|tgz)$/i, "webdataset"],
  [/\.parquet$/i, "parquet"],
  [/\.(safetensors|npz|npy)$/i, "latents"],
];

const PLACES =
  "or a place: ./folder of images, ./shards/{000..031}.tar, ./train-*.parquet, ./latents.safetensors (.npz, .npy) or hf://owner/name";

/**
 * What a person writes as a text, as the record of a source: the name of one, a file by its ending, a data set of the hub, or else a
 * folder of images, which has a "/" in it. Paths stay as they are written.
 * @throws RangeError saying what was expected
 */
export const sourceSpec = (text: string): DataSpec => {
  const hub = /^hf:\/\/(?:datasets\/)?([\w.-]+\/[\w.-]+)(?:@([^\s@]+))?\/?$/.exec(text);
  if (hub) return { source: "hub", repo: hub[1]!, ...(hub[2] && { revision: hub[2] }) };
  if (text.startsWith("hf://")) throw wrong(text, "hf://owner/name or hf://owner/name@revision");
  if (sources.has(text)) return { source: text };
  const ending = endings.find(([pattern]) => pattern.test(text));
  if (ending) return { source: ending[1], path: text };
  if (/^\.{1,2}$|[/\\]/.test(text)) return { source: "images", path: text };
  throw wrong(text, `${v.safeParse(choice(sources.names), text).issues![0].message}, ${PLACES}`);
};

const wrong = (text: string, right: string): RangeError => new RangeError(`data is "${text}"; it must be ${right}`);
