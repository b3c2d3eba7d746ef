import { allocateBatch, type Batch, type DataSource } from "./source.js";

/** Checks the arguments of `batch` and gives the arrays to fill. */
export const prepareBatch = (
  source: Pick<DataSource, "name" | "splits" | "shape" | "captionLength">,
  split: string,
  start: number,
  count: number,
  out: Batch | undefined,
): Batch => {
  checkSplit(source, split);
  checkIndex(source.name, "start", start);
  checkIndex(source.name, "count", count);
  checkIndex(source.name, "start + count", start + count);
  if (out === undefined) return allocateBatch(source, count);
  const [channels, height, width] = source.shape;
  checkLength(source.name, "images", out.images.length, count * channels * height * width, count);
  checkLength(source.name, "captions", out.captions.length, count * source.captionLength, count);
  return out;
};

/** @throws RangeError unless `value` is a non-negative safe integer */
export const checkIndex = (source: string, field: string, value: number): void => {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${source}: ${field} is ${value}, it must be an integer from 0 to 2^53 - 1`);
};

/** @throws RangeError when the data set has no such split */
export const checkSplit = ({ name, splits }: Pick<DataSource, "name" | "splits">, split: string): void => {
  if (!splits.includes(split))
    throw new RangeError(`${name}: there is no split "${split}"; its splits are ${splits.join(", ")}`);
};

const checkLength = (source: string, field: string, length: number, wanted: number, count: number): void => {
  if (length !== wanted)
    throw new RangeError(`${source}: out.${field} has ${length} values, ${count} images need exactly ${wanted}`);
};
