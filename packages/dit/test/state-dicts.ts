import { readFileSync } from "node:fs";
import { type DitConfig, resolve } from "@isoflop/flops";
import { createDevice } from "@isoflop/tensor";
import { expect } from "vitest";
import {
  DitError,
  dit,
  exportWeights,
  namedParams,
  paramsFrom,
  type WeightChoice,
  weightLayouts,
} from "../src/index.js";
import { unwritten } from "../src/layouts/holds.js";
import { specsOf } from "../src/network.js";
import { namedSpecs } from "../src/spec.js";
import { someWeights, type Weights } from "./arrays.js";

export const device = await createDevice("reference");

/** What PyTorch gives as state dicts of the code named. */
export interface StateDict {
  readonly config: DitConfig;
  readonly arrays: readonly (readonly [name: string, shape: readonly number[]])[];
}

export const { layouts: stateDicts } = JSON.parse(
  readFileSync(new URL("./fixtures/state_dicts.json", import.meta.url), "utf8"),
) as { readonly layouts: Readonly<Record<string, StateDict>> };
export const reasonOf = (layout: string, config: DitConfig): string | undefined =>
  unwritten(weightLayouts.get(layout), config, namedSpecs(specsOf(resolve(config))));

/** What a layout stores beside a model, zeros. */
const besideOf = (layout: string, config: DitConfig): Weights =>
  Object.fromEntries(
    weightLayouts
      .get(layout)
      .arrays(config, namedSpecs(specsOf(resolve(config))))
      .flatMap((stored) =>
        "data" in stored
          ? [[stored.name, { shape: stored.shape, data: new Float32Array(stored.shape[0]! * stored.shape[1]!) }]]
          : [],
      ),
  );

/** Weights of a config as a layout writes them. */
export const written = async (config: DitConfig, layout: string, weights = someWeights(config), prefix = "") => {
  const model = dit(config);
  const params = paramsFrom(model, weights, device, { layout: "official" });
  return exportWeights(model, params, { layout, prefix, positions: true, beside: besideOf(layout, config) });
};

export const read = async (config: DitConfig, arrays: Weights, choice?: WeightChoice): Promise<Weights> => {
  const entries = Object.entries(namedParams(paramsFrom(dit(config), arrays, device, choice))).map(
    async ([name, leaf]) => [name, { shape: [...leaf.shape], data: (await leaf.data()) as Float32Array }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

export const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(DitError);
    return (error as DitError).message;
  }
  throw new Error("This was accepted.");
};

export const refusal = (config: DitConfig, arrays: Weights, choice?: WeightChoice): string =>
  messageOf(() => paramsFrom(dit(config), arrays, device, choice));

/** An official DiT in small. */
export const official = stateDicts.official!.config;
