import { readFile } from "node:fs/promises";
import type { StoredFeatures } from "../../finite/features.js";
import type { Opening } from "../../opening.js";
import type { PictureOptions } from "../../pictures/options.js";
import type { SourceFile } from "../../source.js";
import { OpenFiles } from "../arrays/joined.js";
import { keptFeatures } from "../features/kept.js";
import { featureParts } from "../features/parts.js";
import { sha256 } from "../hash.js";
import { inputsOf } from "../records/inputs.js";
import type { StoredSet } from "../records/read-set.js";
import { filesOf } from "./paths.js";

/**
 * The vectors of pictures' captions, each found by the picture's name, and the files that they come from.
 * @throws Error naming a picture that has none, or a file and what is wrong with it
 */
export const pictureFeatures = async (
  name: string,
  options: NonNullable<PictureOptions["features"]>,
  { head, nameOf }: StoredSet,
  key: string,
  opening: Opening,
): Promise<{ readonly features: StoredFeatures; readonly files: readonly SourceFile[] }> => {
  const parts = await featureParts(name, options, []);
  const [list] = await filesOf(name, options.names);
  const inputs = await inputsOf([...parts.array.files, list!], opening);
  const lines = (await readFile(list!.path, "utf8"))
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/);
  const rows = new Map(lines.map((line, row) => [line.trim().replace(/^\.\//, "").replaceAll("\\", "/"), row]));
  const rowOf = (record: number): number => {
    const row = rows.get(nameOf(record));
    if (row !== undefined) return row;
    throw new Error(
      `${name}: ${list!.name} does not name "${nameOf(record)}"; each image must have a row of ${options.key}`,
    );
  };
  const { lengths = null, mask = null } = options;
  const decisive = ["features of", key, options.key, lengths, mask, inputs.sha256];
  const files = new OpenFiles();
  try {
    const features = await keptFeatures(
      files,
      {
        ...{ parts, rows: lines.length, rowOf, count: head.count, check: inputs.check },
        key: sha256(JSON.stringify(decisive)).slice(0, 32),
      },
      opening,
    );
    return { features, files: inputs.files };
  } finally {
    await files.close();
  }
};
