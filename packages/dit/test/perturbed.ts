import type { Conditioning, DitConfig } from "@isoflop/flops";
import { type Device, random } from "@isoflop/tensor";
import { type DitParams, dit, namedParams, paramsFrom } from "../src/index.js";

/** Random weights everywhere, so that nothing is zero and every path shows. */
export const perturbed = async <K extends Conditioning>(
  config: DitConfig & { readonly conditioning: K },
  device: Device,
): Promise<DitParams<K>> => {
  const model = dit(config);
  const entries = Object.entries(namedParams<K>(model.init(random.key(0)))).map(async ([name, { shape, size }], i) => {
    const data = await random.normal(random.key(i), [size]).mul(0.3).data(device);
    return [name, { shape, data: data as Float32Array }] as const;
  });
  return paramsFrom(model, Object.fromEntries(await Promise.all(entries)), device);
};
