import type { Conditioning } from "@isoflop/flops";
import type { Device } from "@isoflop/tensor";
import type { NamedArray } from "./buffers.js";
import { checkParams } from "./check-params.js";
import type { Dit } from "./dit.js";
import { must, shown } from "./errors.js";
import { unwritten } from "./layouts/holds.js";
import { weightLayouts } from "./layouts/index.js";
import type { Stored } from "./layouts/layout.js";
import { namedParams } from "./named.js";
import { type DitParams, resolveAs, specsOf } from "./network.js";
import { shapeOf, takeRows } from "./rows.js";
import { namedSpecs } from "./spec.js";

/** How weights are written. */
export interface ExportOptions {
  /** A name of `weightLayouts`, "official" unless said. */
  readonly layout?: string;
  /** Whether tables of positions, which are computed here, are among the arrays: the official state dicts have them. */
  readonly positions?: boolean;
  /** Before every name, such as "model.diffusion_model.". */
  readonly prefix?: string;
  /** Data that a layout stores with a model and that is no part of it, by the layout's name: PixArt's null caption. */
  readonly beside?: Readonly<Record<string, NamedArray>>;
  /** Where parameters that are not on a device yet are computed. */
  readonly device?: Device;
}

/**
 * The weights of a model as a code base has them: the arrays of its state dict under its names, in its order, ready for `writeSafetensors`, which narrows them to F16 or BF16 where it is told to. With `positions: true` they are all that
 * `load_state_dict(strict=True)` asks for. What `paramsFrom` reads from them are the same parameters, to the bit.
 *
 * @throws RegistryError for a layout that there is not; DitError("weights") for parameters of another config, a config that the layout has no
 *   place for, and data beside it that are missing or of another shape
 */
export const exportWeights = async <K extends Conditioning>(
  model: Dit<K>,
  params: DitParams<K>,
  options: ExportOptions = {},
): Promise<Record<string, NamedArray>> => {
  const { layout: name = "official", positions = false, prefix = "", beside = {}, device } = options;
  const layout = weightLayouts.get(name);
  const config = resolveAs(model.config);
  const named = namedSpecs(specsOf(config));
  checkParams(config, named, params);
  const reason = unwritten(layout, model.config, named);
  must(reason === undefined, "weights", `layout "${name}" is not for this config: ${reason}.`);
  const leaves = namedParams<K>(params);
  const all = layout
    .arrays(model.config, named)
    .filter((stored) => positions || !("positions" in stored && stored.positions));
  const stray = Object.keys(beside).find((each) => !all.some((stored) => "data" in stored && stored.name === each));
  must(stray === undefined, "weights", `beside: layout "${name}" stores no data as ${JSON.stringify(stray)}.`);
  const data = new Map<string, Float32Array>();
  for (const { of } of all.filter((stored) => "of" in stored))
    if (!data.has(of)) data.set(of, (await leaves[of]!.data(device)) as Float32Array);
  const arrayOf = (stored: Stored): NamedArray => {
    if ("of" in stored) {
      const { of, rows } = stored;
      return { shape: shapeOf(leaves[of]!.shape, rows), data: takeRows(data.get(of)!, rows) };
    }
    if ("values" in stored) return { shape: stored.shape, data: stored.values() };
    const given = beside[stored.name];
    const right = `${JSON.stringify(stored.name)} ${shown(stored.shape)}`;
    const text = given ? `beside: ${right} is given as ${shown(given.shape)}` : `${right} is stored by this layout`;
    must(given?.shape.join() === stored.shape.join(), "weights", `layout "${name}": ${text}; give it in \`beside\`.`);
    return given!;
  };
  return Object.fromEntries(all.map((stored) => [prefix + stored.name, arrayOf(stored)]));
};
