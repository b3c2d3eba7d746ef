import type { Conditioning, DitConfig } from "@isoflop/flops";
import { type Device, namedLeaves, type Tensor } from "@isoflop/tensor";
import type { Dit } from "./dit.js";
import { DitError, shown } from "./errors.js";
import { buildParams, type DitParams, resolveAs, specsOf } from "./network.js";
import { positionTable } from "./position-table.js";
import { namedSpecs } from "./spec.js";

/** Every parameter by its name in the official code's spelling, such as `blocks.0.attn.qkv.weight`. */
export const namedParams = <K extends Conditioning>(params: DitParams<K>): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(namedLeaves(params).map(([path, leaf]) => [path.replace(/\[(\d+)\]/g, ".$1"), leaf]));

/** Numbers with their shape, as a safetensors reader gives them. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const position = "pos_embed";
const nullCaption = "y_embedder.y_embedding";

/** @throws DitError("weights") unless a stored position table is the computed one. */
const checkPositions = (config: DitConfig, { shape, data }: NamedArray): void => {
  const table = positionTable(config);
  const right = [1, table.length / config.width, config.width];
  if (shape.join() === right.join() && data.every((value, i) => Math.abs(value - table[i]!) < 1e-4)) return;
  throw new DitError(
    "weights",
    `weights: "${position}" ${shown(shape)} is not the sine-cosine table ${shown(right)} that this config computes; set positions to "learned" to use it.`,
  );
};

/**
 * The parameters of a model from arrays by name. A stored sine-cosine `pos_embed` is held to the computed table. PixArt's stored null
 * caption, `y_embedder.y_embedding`, is passed over: it is data for `condition`, not a parameter.
 *
 * @throws DitError("weights") naming a missing or unknown name, a wrong shape, or a position table that differs
 */
export const paramsFrom = <K extends Conditioning>(
  model: Dit<K>,
  arrays: Readonly<Record<string, NamedArray>>,
  device: Device,
): DitParams<K> => {
  const config = resolveAs(model.config);
  const names = new Set(namedSpecs(specsOf(config)).map(([name]) => name));
  for (const [name, array] of Object.entries(arrays)) {
    if (names.has(name)) continue;
    if (name === nullCaption && config.conditioning === "adaLNSingle") continue;
    if (name !== position) throw new DitError("weights", `weights: "${name}" is no parameter of this config.`);
    checkPositions(model.config, array);
  }
  return buildParams(config, ({ shape }, name) => {
    const array = arrays[name];
    if (!array) throw new DitError("weights", `weights: "${name}" ${shown(shape)} is missing.`);
    if (array.shape.join() !== shape.join())
      throw new DitError("weights", `weights: "${name}" is ${shown(array.shape)}; this config has ${shown(shape)}.`);
    return device.tensor(array.data, shape);
  });
};
