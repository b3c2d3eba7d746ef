import type { NamedArray } from "./buffers.js";
import { place, shown } from "./errors.js";
import type { StoredTable } from "./layouts/layout.js";

/**
 * How far a number up to 1 may lie from the stored one: an ulp below 1 of the narrowest format that holds all of them, BF16, F16, or F32,
 * where upstream's own float32 sines differ too.
 */
const roundingOf = (data: Float32Array): number => {
  const used = new Uint32Array(data.buffer, data.byteOffset, data.length).reduce((all, bits) => all | bits, 0);
  if ((used & 0xffff) === 0) return 2 ** -8;
  return (used & 0x1fff) === 0 ? 2 ** -11 : 1e-4;
};

/** How a stored array differs from a table of numbers up to 1 that the config decides; undefined if by no more than its format rounds. */
export const tableTrouble = (table: Omit<StoredTable, "name">, { shape, data }: NamedArray): string | undefined => {
  if (shape.join() !== table.shape.join())
    return `is ${shown(shape)}; the ${table.what} of this config is ${shown(table.shape)}`;
  const [allowed, right] = [roundingOf(data), table.values()];
  const at = data.findIndex((value, i) => !(Math.abs(value - right[i]!) <= allowed));
  if (at < 0) return undefined;
  const values = `${data[at]!.toPrecision(4)} at ${place(shape, at)}, where that has ${right[at]!.toPrecision(4)}`;
  return `is not the ${table.what} of this config: ${values}${table.otherwise ? `; ${table.otherwise}` : ""}`;
};
