import { type Conditioning, positionTableOf } from "@isoflop/flops";
import type { Device } from "@isoflop/tensor";
import { type NamedArray, positionName, positionTrouble } from "./buffers.js";
import { trunkOf } from "./conditioning/index.js";
import type { Dit } from "./dit.js";
import { must, shown } from "./errors.js";
import { listed, type Misfit, misfits, prefixesOf } from "./misfits.js";
import { buildParams, type DitParams, resolveAs, specsOf } from "./network.js";
import { namedSpecs } from "./spec.js";

/** Where flat index `at` lies in an array. */
const place = (shape: readonly number[], at: number): string => {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * n, 1));
  return shown(shape.map((n, i) => Math.floor(at / strides[i]!) % n));
};

/** An entry that is no array at all has no shape, which fits nowhere. */
const readable = (array: NamedArray | null | undefined): NamedArray => ({
  shape: Array.isArray(array?.shape) ? array.shape : [],
  data: array?.data as Float32Array,
});

/** What makes an array of the right shape unusable as weights; undefined if nothing does. */
const contentTrouble = ({ shape, data }: NamedArray): string | undefined => {
  if (Object.prototype.toString.call(data) !== "[object Float32Array]") return "has data that are no Float32Array";
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size) return `is ${shown(shape)} of ${size} numbers, with data of ${data.length}`;
  // A plain loop: this passes over every weight of a model. NaN and the infinities alone differ from themselves by more than 0.
  for (let i = 0; i < size; i++)
    if (data[i]! - data[i]! !== 0) return `holds ${data[i]} at ${place(shape, i)}, the first that is not finite`;
  return undefined;
};

/**
 * The parameters of a model from arrays by name. A stored sine-cosine `pos_embed` is held to the computed table, within the rounding of
 * F16 or BF16 where all of it lies in that format. PixArt's stored null caption, `y_embedder.y_embedding`, is passed over: it is data for
 * `condition`, not a parameter.
 *
 * @throws DitError("weights") with every name that is missing, unknown, of another shape or not finite, and how a position table
 *   differs; or with the prefix that all names have
 */
export const paramsFrom = <K extends Conditioning>(
  model: Dit<K>,
  arrays: Readonly<Record<string, NamedArray>>,
  device: Device,
): DitParams<K> => {
  const config = resolveAs(model.config);
  const named = namedSpecs(specsOf(config));
  const given = new Map(Object.entries(arrays).map(([name, array]) => [name, readable(array)] as const));
  for (const name of trunkOf(config.conditioning).passedOver ?? []) given.delete(name);
  const stored = positionTableOf(config) === "sincos" ? given.get(positionName) : undefined;
  if (stored) given.delete(positionName);
  const wrong = [...misfits(config, named, new Map([...given].map(([name, { shape }]) => [name, shape])))];
  const prefixes = wrong.length > 0 ? prefixesOf(named, new Set(given.keys())) : [];
  const behind = prefixes.map((prefix) => JSON.stringify(prefix)).join(" and ");
  const names = `weights: the names of this config stand behind the prefix ${behind}`;
  must(behind === "", "weights", `${names}; give one set, without the prefix.`);
  const ill = new Set(wrong.map(({ name }) => name));
  const trouble = (name: string, text: string | undefined): Misfit[] => (text ? [{ name, trouble: text }] : []);
  for (const [name, array] of given) if (!ill.has(name)) wrong.push(...trouble(name, contentTrouble(array)));
  if (stored) wrong.push(...trouble(positionName, contentTrouble(stored) ?? positionTrouble(model.config, stored)));
  must(wrong.length === 0, "weights", `weights: ${listed(wrong)}`);
  return buildParams(config, ({ shape }, name) => device.tensor(given.get(name)!.data, shape));
};
