import { type DitConfig, positionTableOf, resolve } from "@isoflop/flops";
import { positionTable } from "./position-table.js";

/** Numbers with their shape, as `writeSafetensors` takes them. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Whether something is a Float32Array, of another realm too. */
export const isFloat32 = (data: unknown): data is Float32Array =>
  Object.prototype.toString.call(data) === "[object Float32Array]";

export const positionName = "pos_embed";

/**
 * What the official code stores beside the parameters: the frozen sine-cosine table `pos_embed`, [1, T, width]. Nothing where positions are
 * learned or rotary alone. Together with `namedParams` these are the names of its state dict.
 * @throws FlopsError("config"), DitError("config")
 */
export const namedBuffers = (config: DitConfig): Readonly<Record<string, NamedArray>> => {
  if (positionTableOf(resolve(config)) !== "sincos") return {};
  const data = Float32Array.from(positionTable(config));
  return { [positionName]: { shape: [1, data.length / config.width, config.width], data } };
};
