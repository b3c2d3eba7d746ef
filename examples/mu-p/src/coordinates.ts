import { shapeScenes } from "@isoflop/data";
import type { Conditioning } from "@isoflop/flops";
import type { Device } from "@isoflop/tensor";
import { coordinateCheck } from "@isoflop/train";
import { modelOf, parameterizations } from "./models.js";

/** How far training moved the values of a layer, at each width. */
export interface Moved {
  readonly parameterization: string;
  readonly layer: string;
  readonly changes: readonly number[];
  /** Of the logarithm of the change against that of the width. */
  readonly slope: number;
}

/**
 * The coordinate check (Tensor Programs V, arXiv 2203.03466, appendix D.1): how far a few steps at one learning rate move the values of every layer, by
 * width. Under muP as far at every width; by the standard parameterization further in wider models, until one diverges.
 */
export const coordinates = async (
  device: Device,
  widths: readonly number[],
  conditioning: Conditioning,
): Promise<Moved[]> => {
  const data = shapeScenes({ size: 16, seed: 0 });
  const spec = { steps: 4, batch: 8, seed: 3, optimizer: { learningRate: 0.01, warmup: 0, decay: 0 } };
  const moved: Moved[] = [];
  for (const parameterization of parameterizations) {
    const models = widths.map((width) => modelOf(data, width, parameterization, conditioning));
    for (const layer of await coordinateCheck(spec, models, { device, data }))
      moved.push({ parameterization: parameterization.kind, ...layer });
  }
  return moved;
};
