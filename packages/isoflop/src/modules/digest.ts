import { createHash } from "node:crypto";
import { dirname, relative, sep } from "node:path";
import { digest } from "@isoflop/spec";
import type { Evaluated } from "./evaluate.js";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Text as it is whoever checked it out. */
const plain = (text: string): string => text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");

/**
 * What a module is known by, 32 hex digits: its text and that of all local files that it imports, wherever they lie together, and the
 * packages that they import, by name and version. What isoflop shares with it is stood for by the version of what a run computes.
 */
export const moduleDigest = (entry: string, { files, packages }: Evaluated): string => {
  const named = [...files].map(([file, text]) => {
    const path = file === entry ? "." : relative(dirname(entry), file).split(sep).join("/");
    return [path, sha256(plain(text))] as const;
  });
  return digest({ files: Object.fromEntries(named), packages: [...packages].sort() });
};
