import { stat } from "node:fs/promises";
import path from "node:path";
import { glob } from "tinyglobby";
import { compareTexts } from "../finite/order.js";
import type { InputFile } from "./records/inputs.js";

/**
 * The files that paths and patterns name, in the order of the list, those of a pattern in the order of their names. Their names are
 * what they have below the folder that they share. @throws Error naming a path or pattern that names no file
 */
export const filesOf = async (given: string | readonly string[]): Promise<readonly InputFile[]> => {
  const paths: string[] = [];
  for (const one of [given].flat()) paths.push(...(await namedBy(one)));
  const twice = paths.find((file, i) => paths.indexOf(file) < i);
  if (twice !== undefined) throw new Error(`${twice} is named twice`);
  const folder = paths.map((file) => path.dirname(file)).reduce(shared);
  return paths.map((file) => ({ path: file, name: path.relative(folder, file).split(path.sep).join("/") }));
};

const namedBy = async (one: string): Promise<string[]> => {
  const file = path.resolve(one);
  // A file may have the signs of a pattern in its name.
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return [file];
  if (found) throw new Error(`${one} is a folder; give files, such as ${path.join(one, "*.safetensors")}`);
  const pattern = one.replaceAll("\\", "/");
  const matching = /[*?{[]/.test(one) ? await glob(pattern, { absolute: true, expandDirectories: false }) : [];
  if (matching.length === 0) throw new Error(`there is no file ${one}`);
  return matching.map((match) => path.resolve(match)).sort(compareTexts);
};

/** The folder that two have in common. */
const shared = (a: string, b: string): string => {
  let folder = a;
  while (folder !== b && !b.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep))
    folder = path.dirname(folder);
  return folder;
};
