import { stat } from "node:fs/promises";
import path from "node:path";
import { braceExpand } from "minimatch";
import { glob } from "tinyglobby";
import { compareTexts } from "../../finite/order.js";
import type { InputFile } from "../records/inputs.js";

/**
 * The files that paths stand for, by name: "./train.tar", "./{000..031}.tar", "./train-*.parquet", or a list of such, in its order.
 * @throws Error naming a file that is not there, or the pattern that no file has
 */
export const filesOf = async (source: string, patterns: string | readonly string[]): Promise<InputFile[]> => {
  const found = await Promise.all([patterns].flat().map((pattern) => filesOfOne(source, pattern)));
  const files = [...new Set(found.flat())];
  const folder = commonFolder(files);
  return files.map((file) => ({ path: file, name: path.relative(folder, file).split(path.sep).join("/") }));
};

const filesOfOne = async (source: string, pattern: string): Promise<string[]> => {
  const found = await Promise.all(braceExpand(pattern).map((each) => filesLike(source, each)));
  return found.flat().sort(compareTexts);
};

const filesLike = async (source: string, pattern: string): Promise<string[]> => {
  const file = path.resolve(pattern);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return [file];
  if (found?.isDirectory())
    throw new Error(`${source}: ${pattern} is a folder; name its files, such as ${path.posix.join(pattern, "*")}`);
  const like = /[*?[]/.test(pattern) ? await glob(pattern.split(path.sep).join("/"), { absolute: true }) : [];
  if (like.length === 0) throw new Error(`${source}: there is no file ${pattern}`);
  return like.map((each) => path.resolve(each));
};

const commonFolder = (files: readonly string[]): string => {
  let folder = path.dirname(files[0]!);
  while (!files.every((file) => file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)))
    folder = path.dirname(folder);
  return folder;
};
