import { type DitConfig, positionTableOf, resolve } from "@isoflop/flops";
import { shown } from "./errors.js";
import { positionTable } from "./position-table.js";

/** Numbers with their shape, as a safetensors reader gives them and a writer takes them. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

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

/**
 * How far a number up to 1 may lie from the stored one: an ulp below 1 of the narrowest format that holds all of them, BF16, F16, or F32,
 * where upstream's own float32 sines differ too.
 */
const roundingOf = (data: Float32Array): number => {
  const used = new Uint32Array(data.buffer, data.byteOffset, data.length).reduce((all, bits) => all | bits, 0);
  if ((used & 0xffff) === 0) return 2 ** -8;
  return (used & 0x1fff) === 0 ? 2 ** -11 : 1e-4;
};

/** How a stored position table differs from the one that the config computes; undefined if by no more than its format rounds. */
export const positionTrouble = (config: DitConfig, { shape, data }: NamedArray): string | undefined => {
  const table = namedBuffers(config)[positionName]!;
  if (shape.join() !== table.shape.join())
    return `is ${shown(shape)}; the sine-cosine table of this config is ${shown(table.shape)}`;
  const allowed = roundingOf(data);
  const at = data.findIndex((value, i) => !(Math.abs(value - table.data[i]!) <= allowed));
  if (at < 0) return undefined;
  const where = shown([0, Math.floor(at / config.width), at % config.width]);
  const values = `${data[at]!.toPrecision(4)} at ${where}, where that has ${table.data[at]!.toPrecision(4)}`;
  return `is not the sine-cosine table of this config: ${values}; so stands the table of another grid or scale, or a learned one, which positions "learned" takes as a parameter`;
};
