import type { JoinedArray, OpenFiles } from "../arrays/joined.js";
import { captionLines } from "./lines.js";
import type { ArrayPart, LatentParts } from "./parts.js";

/** One latent with what belongs to it, of good values or not. */
export interface LatentRow {
  /** Its file and its row there. */
  readonly name: string;
  readonly values: Float32Array;
  /** A label in digits, a caption, or "". */
  readonly caption: string;
  /** Why it cannot be used, if it cannot. */
  readonly reason?: string | undefined;
}

/** Values of a column that are read at once. */
const AT_ONCE = 2 ** 22;

/** All latents in order. @throws Error naming what is missing, does not fit, or is no label, mask or length */
export async function* latentRows(files: OpenFiles, parts: LatentParts): AsyncGenerator<LatentRow> {
  const latents = await arrayOf(files, parts.latents);
  const labels = parts.labels && (await besideOf(files, parts.labels, latents));
  const vectors = await featureRows(files, parts, latents);
  if (labels && labels.width !== 1)
    throw new Error(`${labels.told} is [${labels.shape.join(", ")}]; it must have one label for each latent`);
  const captions = parts.captions && captionLines(parts.captions);
  for await (const { start, count } of blocks(latents.shape[0]!, [latents.width, vectors?.width ?? 0])) {
    const [values, numbers, checks] = await Promise.all([
      latents.rows(start, count),
      labels?.rows(start, count),
      vectors?.rows(start, count),
    ]);
    for (let i = 0; i < count; i++) {
      const { file, row } = latents.placeOf(start + i);
      const record = new Float32Array(values.subarray(i * latents.width, (i + 1) * latents.width));
      yield {
        name: `${file}/${row}`,
        values: record,
        caption: numbers
          ? labelOf(labels!, start + i, numbers[i]!)
          : await captionOf(captions, parts, start + i, latents),
        reason: notFinite(record, latents.shape) ?? checks?.[i]?.reason,
      };
    }
  }
  const { value } = (await captions?.next()) ?? {};
  if (value !== undefined)
    throw new Error(
      `${namesOf(parts.captions!)} has more than ${latents.shape[0]} lines, one for each latent; are these the captions of these latents?`,
    );
}

/** The shape of latents. @throws Error naming the array unless it has the four axes */
export const latentShape = ({ told, shape }: JoinedArray): readonly [number, number, number] => {
  const [rows, channels, height, width, ...more] = shape as [number, number, number, number];
  if (more.length > 0 || width === undefined || rows === 0 || channels * height * width === 0)
    throw new Error(`${told} is [${shape.join(", ")}]; latents must be [n, channels, height, width]`);
  return [channels, height, width];
};

export const arrayOf = async (files: OpenFiles, { files: of, key }: ArrayPart): Promise<JoinedArray> =>
  files.joined(of, key);

/** An array with a row for each latent. */
const besideOf = async (files: OpenFiles, part: ArrayPart, latents: JoinedArray): Promise<JoinedArray> => {
  const array = await arrayOf(files, part);
  if (array.shape[0] === latents.shape[0]) return array;
  throw new Error(
    `${array.told} has ${array.shape[0]} rows for ${latents.shape[0]} latents; it must have one for each`,
  );
};

/** Ranges of rows, whose values fit into memory many times. */
export function* blocks(rows: number, widths: readonly number[]) {
  const most = Math.max(1, Math.floor(AT_ONCE / Math.max(1, ...widths)));
  for (let start = 0; start < rows; start += most) yield { start, count: Math.min(most, rows - start) };
}

/** The vectors of one caption. */
export interface FeatureRow {
  readonly values: Float32Array;
  /** How many of them count. */
  readonly length: number;
  readonly reason?: string | undefined;
}

/** The features of latents, if there are some. */
export const featureRows = async (files: OpenFiles, { features, extent }: LatentParts, latents: JoinedArray) => {
  if (!features) return undefined;
  const array = await besideOf(files, features, latents);
  const [, tokens, dim, ...more] = array.shape.length === 2 ? [array.shape[0], 1, array.shape[1]] : array.shape;
  if (more.length > 0 || !tokens || !dim)
    throw new Error(`${array.told} is [${array.shape.join(", ")}]; features must be [n, tokens, dim], or [n, dim]`);
  const counts = extent && (await besideOf(files, extent, latents));
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

const labelOf = ({ told }: JoinedArray, row: number, label: number): string => {
  if (Number.isInteger(label) && label >= 0) return String(label);
  throw new Error(`${told}: label ${row} is ${label}; labels must be whole numbers from 0`);
};

const captionOf = async (
  captions: AsyncGenerator<string> | undefined,
  parts: LatentParts,
  row: number,
  latents: JoinedArray,
): Promise<string> => {
  if (!captions) return "";
  const { value, done } = await captions.next();
  if (!done) return value;
  throw new Error(
    `${namesOf(parts.captions!)} has ${row} lines for ${latents.shape[0]} latents; it must have one for each`,
  );
};

const namesOf = (files: LatentParts["captions"] & object): string => files.map(({ name }) => name).join(", ");

/** Which value is NaN or infinite, if one is. */
const notFinite = (record: Float32Array, shape: readonly number[]): string | undefined => {
  const at = firstNotFinite(record);
  if (at < 0) return undefined;
  const [height, width] = shape.slice(2) as [number, number];
  const [channel, row, column] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
  return `it is ${record[at]} at channel ${channel}, row ${row}, column ${column}`;
};

const firstNotFinite = (values: Float32Array): number => {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return i;
  return -1;
};
