import { resolve } from "@isoflop/flops";
import { type Device, namedLeaves, type Tensor } from "@isoflop/tensor";
import type { Dit } from "./dit.js";
import { DitError, shown } from "./errors.js";
import { type DitParams, specsOf } from "./network.js";
import { positionTable } from "./position-table.js";
import { build, namedSpecs } from "./spec.js";

/** Every parameter by its name in the official code's spelling, such as `blocks.0.attn.qkv.weight`. */
export const namedParams = (params: DitParams): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(namedLeaves(params).map(([path, leaf]) => [path.replace(/\[(\d+)\]/g, ".$1"), leaf]));

/** Numbers with their shape, as a safetensors reader gives them. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const position = "pos_embed";

/**
 * The parameters of a model from arrays by name. A stored sine-cosine `pos_embed` is held to the computed table.
 *
 * @throws DitError("weights") naming a missing or unknown name, a wrong shape, or a position table that differs
 */
export const paramsFrom = (model: Dit, arrays: Readonly<Record<string, NamedArray>>, device: Device): DitParams => {
  const config = resolve(model.config);
  const specs = specsOf(config);
  const names = new Set(namedSpecs(specs).map(([name]) => name));
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    if (names.has(name)) continue;
    if (name !== position) throw new DitError("weights", `weights: "${name}" is no parameter of this config.`);
    const table = positionTable(model.config);
    const right = [1, config.imageTokens, config.width];
    if (shape.join() !== right.join() || data.some((value, i) => !(Math.abs(value - table[i]!) < 1e-4)))
      throw new DitError(
        "weights",
        `weights: "${position}" ${shown(shape)} is not the sine-cosine table ${shown(right)} that this config computes; set positions to "learned" to use it.`,
      );
  }
  return build<DitParams>(specs, ({ shape }, name) => {
    const array = arrays[name];
    if (!array) throw new DitError("weights", `weights: "${name}" ${shown(shape)} is missing.`);
    if (array.shape.join() !== shape.join())
      throw new DitError("weights", `weights: "${name}" is ${shown(array.shape)}; this config has ${shown(shape)}.`);
    return device.tensor(array.data, shape);
  });
};
