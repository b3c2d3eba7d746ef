import { readFile } from "node:fs/promises";
import path from "node:path";
import type { SourceFile } from "../source.js";
import { sha256 } from "./hash.js";
import { findPackage } from "./resolve.js";

interface IconifyIcon {
  readonly body: string;
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
}

interface IconifyJson extends Omit<IconifyIcon, "body"> {
  readonly icons: { readonly [key: string]: IconifyIcon };
  readonly aliases?: { readonly [key: string]: { readonly parent: string } };
}

/** An installed Iconify set of emoji. */
export interface IconSet {
  readonly package: string;
  readonly licence: string;
  readonly file: SourceFile;
  /** The drawing of an icon as a whole SVG document, or undefined when the set has none of that name. */
  svg(icon: string): string | undefined;
}

/** Reads `@iconify-json/<set>`. @throws Error when it is not installed */
export const readIconSet = async (set: string): Promise<IconSet> => {
  const name = `@iconify-json/${set}`;
  const { folder, version } = await findPackage(name, `The emoji set "${set}"`);
  const bytes = await readFile(path.join(folder, "icons.json"));
  const info = JSON.parse(await readFile(path.join(folder, "info.json"), "utf8")) as {
    license: { spdx?: string; title: string };
  };
  // Parsed on first use: when the sprites come from the cache, only the file's hash is needed.
  let json: IconifyJson | undefined;
  return {
    package: `${name}@${version}`,
    licence: info.license.spdx ?? info.license.title,
    file: { path: "icons.json", bytes: bytes.length, sha256: sha256(bytes) },
    svg: (icon) => {
      json ??= JSON.parse(bytes.toString("utf8")) as IconifyJson;
      const found = json.icons[icon] ?? json.icons[json.aliases?.[icon]?.parent ?? ""];
      return found && document(json, found);
    },
  };
};

/** An icon's view box is its own where given, else the set's, else Iconify's 16 by 16 at the origin. */
const document = (set: IconifyJson, icon: IconifyIcon): string => {
  const box = { left: 0, top: 0, width: 16, height: 16, ...definedBox(set), ...definedBox(icon) };
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${box.left} ${box.top} ${box.width} ${box.height}">${icon.body}</svg>`;
};

const definedBox = ({ left, top, width, height }: Omit<IconifyIcon, "body">) =>
  Object.fromEntries(Object.entries({ left, top, width, height }).filter(([, value]) => value !== undefined));
