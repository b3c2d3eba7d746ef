import type { Conditioning } from "@isoflop/flops";
import { DitError } from "./errors.js";
import { listed, misfits } from "./misfits.js";
import { namedParams } from "./named.js";
import type { ConfigOf, DitParams } from "./network.js";
import type { NamedSpecs } from "./spec.js";

/**
 * Holds parameters to the names and shapes of their config: a forward pass reads what it finds, and would run the blocks of another depth.
 * @throws DitError("weights") with every parameter that is missing, unknown, of another shape or not f32
 */
export const checkParams = <K extends Conditioning>(
  config: ConfigOf<K>,
  named: NamedSpecs,
  params: DitParams<K>,
): void => {
  const leaves = Object.entries(namedParams<K>(params));
  const expected = named.map(([name, { shape }]) => ({ name, of: name, shape }));
  const wrong = misfits(config, expected, new Map(leaves.map(([name, { shape }]) => [name, shape])));
  const dtypes = leaves.filter(([, { dtype }]) => dtype !== "f32");
  const all = [...wrong, ...dtypes.map(([name, { dtype }]) => ({ name, trouble: `is ${dtype}; parameters are f32` }))];
  if (all.length === 0) return;
  throw new DitError("weights", `params of ${config.conditioning}, depth ${config.depth}: ${listed(all)}`);
};
