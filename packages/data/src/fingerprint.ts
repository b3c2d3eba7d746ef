import { digest } from "@isoflop/spec";
import type { DataSource, SourceDescription } from "./source.js";

/**
 * Which data a source has, whatever its name and wherever it lies: 32 hex digits of the hash of its description. Where the pixels have
 * a digest that stands for files, packages and names; where they are computed from code, the name does.
 */
export interface Fingerprint {
  /** The images, captions and splits, whatever the order of training. Losses on two sources of one content can be compared. */
  readonly content: string;
  /** The content in its order: what decides a run. */
  readonly run: string;
}

export const fingerprint = (source: Pick<DataSource, "describe">): Fingerprint => {
  const description = source.describe();
  const content = contentOf(description);
  const seeds = Object.entries(description.splits).map(([split, { seed }]) => [split, seed]);
  return { content: digest(content), run: digest({ ...content, seeds: Object.fromEntries(seeds) }) };
};

const contentOf = ({ name, provenance: { pixelsSha256 }, splits, ...decisive }: SourceDescription) => ({
  ...decisive,
  ...(pixelsSha256 === null ? { name } : { pixelsSha256 }),
  splits: Object.fromEntries(Object.entries(splits).map(([split, { images, what }]) => [split, { images, what }])),
});
