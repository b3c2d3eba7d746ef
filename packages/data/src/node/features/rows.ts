import { besideOf, type OpenFiles } from "../arrays/joined.js";
import type { FeatureParts } from "./parts.js";

/** The vectors of one caption. */
export interface FeatureRow {
  readonly values: Float32Array;
  /** How many of them count. */
  readonly length: number;
  readonly reason?: string | undefined;
}

/** Captions as vectors in files, a row for each of so many images. @throws Error naming an array and what is wrong with it */
export const featureRows = async (files: OpenFiles, { array: features, extent }: FeatureParts, count: number) => {
  const array = await besideOf(files, features, count);
  const [, tokens, dim, ...more] = array.shape.length === 2 ? [array.shape[0], 1, array.shape[1]] : array.shape;
  if (more.length > 0 || !tokens || !dim)
    throw new Error(`${array.told} is [${array.shape.join(", ")}]; features must be [n, tokens, dim], or [n, dim]`);
  const counts = extent && (await besideOf(files, extent, count));
  const wide = extent?.kind === "mask" ? tokens : 1;
  if (counts && counts.width !== wide)
    throw new Error(
      `${counts.told} is [${counts.shape.join(", ")}]; it must be [n${extent?.kind === "mask" ? `, ${tokens}` : ""}]`,
    );
  return {
    ...{ tokens, dim, width: array.width },
    async rows(start: number, count: number): Promise<FeatureRow[]> {
      const [values, extents] = await Promise.all([array.rows(start, count), counts?.rows(start, count)]);
      return Array.from({ length: count }, (_, i): FeatureRow => {
        const row = new Float32Array(values.subarray(i * array.width, (i + 1) * array.width));
        const own = extents?.subarray(i * wide, (i + 1) * wide);
        const length = own && extent ? (extent.kind === "mask" ? ones(own) : own[0]!) : tokens;
        const reason = length === undefined ? NO_MASK : wrongLength(length, tokens);
        if (reason !== undefined) return { values: row, length: 0, reason: `${extent?.key} ${reason}` };
        row.fill(0, length! * dim);
        const bad = firstNotFinite(row);
        if (bad < 0) return { values: row, length: length! };
        const where = `vector ${Math.floor(bad / dim)} of ${features.key}`;
        return { values: row, length: length!, reason: `${where} has ${row[bad]}` };
      });
    },
  };
};

const NO_MASK = "has other than ones, then zeros; vectors that count must come first";

/** How many ones a mask begins with, undefined unless zeros follow. */
const ones = (mask: Float32Array | Float64Array): number | undefined => {
  const end = mask.findIndex((flag) => flag !== 1);
  const length = end < 0 ? mask.length : end;
  return mask.subarray(length).every((flag) => flag === 0) ? length : undefined;
};

const wrongLength = (length: number, tokens: number): string | undefined =>
  Number.isInteger(length) && length >= 0 && length <= tokens
    ? undefined
    : `says ${length}, which is no number of vectors from 0 to ${tokens}`;

/** Where the first value is that is NaN or infinite, −1 where none is. */
export const firstNotFinite = (values: Float32Array): number => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return i;
  return -1;
};
