import { besideOf, blocks, type JoinedArray, type OpenFiles } from "../arrays/joined.js";
import { featureRows, firstNotFinite } from "../features/rows.js";
import { captionLines } from "./lines.js";
import type { LatentParts } from "./parts.js";

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

/** All latents in order. @throws Error naming what is missing, does not fit, or is no label, mask or length */
export async function* latentRows(files: OpenFiles, parts: LatentParts): AsyncGenerator<LatentRow> {
  const latents = await files.joined(parts.latents);
  const labels = parts.labels && (await besideOf(files, parts.labels, latents.shape[0]!));
  const vectors = parts.features && (await featureRows(files, parts.features, latents.shape[0]!));
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
