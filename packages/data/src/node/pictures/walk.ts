import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { compareTexts } from "../../finite/order.js";
import type { InputFile } from "../records/inputs.js";

/**
 * All files below a folder by name, whatever the system's order. Links are followed, but not into a folder that they lie in; what
 * begins with a dot is passed over. @throws Error saying that there is no such folder
 */
export const filesBelow = async (folder: string): Promise<InputFile[]> => {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`there is no folder ${folder}`);
  const files = await below(folder, "", new Set());
  return files.sort((a, b) => compareTexts(a.name, b.name));
};

const below = async (folder: string, prefix: string, above: ReadonlySet<string>): Promise<InputFile[]> => {
  const real = await realpath(folder);
  if (above.has(real)) return [];
  const inside = new Set([...above, real]);
  const files: InputFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const [file, name] = [path.join(folder, entry.name), prefix + entry.name];
    const kind = entry.isSymbolicLink() ? await stat(file).catch(() => undefined) : entry;
    if (kind?.isDirectory()) files.push(...(await below(file, `${name}/`, inside)));
    else if (kind?.isFile()) files.push({ path: file, name });
  }
  return files;
};
