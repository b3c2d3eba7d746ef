import { pictures } from "../../src/index.js";

/** What a page makes of files, of which that called "held" is held out. */
export const open = async (files: Readonly<Record<string, readonly number[]>>) => {
  const chosen = Object.entries(files).map(([name, bytes]) => new File([Uint8Array.from(bytes)], name));
  const source = await pictures({
    ...{ files: chosen, size: 16, fit: "fill", captions: "none", validation: ["held"], enlarge: true },
  });
  const { images } = source.batch("train", 0, source.size("train"));
  return { levels: Array.from(images, (value) => Math.round((value + 1) * 127.5)), ...source.describe().provenance };
};
