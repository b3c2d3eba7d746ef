import { createRequire } from "node:module";
import { findPackage } from "./resolve.js";

/** What the sharp module exports by default. */
export type Sharp = typeof import("sharp").default;

/** sharp's factory. It is loaded on first use, because the sources that need no decoding work without it. */
export const loadSharp = async (): Promise<Sharp> => {
  const { folder } = await findPackage("sharp", "Reading images");
  return createRequire(import.meta.url)(folder) as Sharp;
};

/** The renderer and its versions, for provenance. */
export const rendererName = (sharp: Sharp): string => {
  const { sharp: version, vips, rsvg } = sharp.versions as { sharp?: string; vips?: string; rsvg?: string };
  return `sharp ${version ?? "?"}, libvips ${vips ?? "?"}, librsvg ${rsvg ?? "?"}`;
};
