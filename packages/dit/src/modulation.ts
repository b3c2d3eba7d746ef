import type { NormKind } from "@isoflop/flops";
import { linear, silu, split, type Tensor } from "@isoflop/tensor";
import { plainNorm } from "./block.js";
import { zeroInit } from "./initializers.js";
import { type Linear, linearSpec, type SpecsOf } from "./spec.js";

/** SiLU, then Linear to several vectors of width d: index 1 of PyTorch's Sequential. */
export interface Modulation {
  readonly 1: Linear;
}

/** From zero, as DiT starts every adaLN: shift 0, scale 1 and a closed gate. */
export const modulationSpecs = (width: number, vectors: number, init = zeroInit): SpecsOf<Modulation> => ({
  1: linearSpec("modulation", width, vectors * width, init),
});

/** Several vectors side by side, [n, count · d], from the conditioning vector [n, d]. */
export const modulation = (params: Modulation, vector: Tensor): Tensor =>
  linear(silu(vector), params[1].weight, params[1].bias);

/** What modulates one branch of a block, each [n, 1, d], and the norm of what is modulated. Without a gate the branch is added whole. */
export interface Branch {
  readonly norm: NormKind;
  readonly shift: Tensor;
  readonly scale: Tensor;
  readonly gate?: Tensor;
}

/**
 * [n, count · d] as branches of `size` vectors each. DiT's order is shift, scale, gate, those of attention before those of the MLP
 * (`facebookresearch/DiT: models.py`).
 */
const branches = (vectors: Tensor, count: number, size: 2 | 3, norm: NormKind): readonly Branch[] => {
  const [n, all] = vectors.shape as [number, number];
  const parts = split(vectors.reshape([n, count, all / count]), count, 1);
  return Array.from({ length: count / size }, (_, i) => {
    const [shift, scale, gate] = parts.slice(size * i, size * (i + 1)) as [Tensor, Tensor, Tensor?];
    return { norm, shift, scale, ...(gate ? { gate } : {}) };
  });
};

/** Shift and scale from [n, 2d]. */
export const oneBranch = (vectors: Tensor, norm: NormKind = "layer"): Branch => branches(vectors, 2, 2, norm)[0]!;

/** What modulates the two branches of a block. */
export type Branches = readonly [attention: Branch, mlp: Branch];

/** Shift and scale of attention and MLP from [n, 4d]. */
export const twoBranches = (vectors: Tensor, norm: NormKind = "layer") =>
  branches(vectors, 4, 2, norm) as unknown as Branches;

/** Shift, scale and gate of attention and MLP from [n, 6d]. */
export const gatedBranches = (vectors: Tensor, norm: NormKind = "layer") =>
  branches(vectors, 6, 3, norm) as unknown as Branches;

/** norm(x) · (1 + scale) + shift for x [n, tokens, d]; the norm has no scale and shift of its own. */
export const modulate = (x: Tensor, { norm, shift, scale }: Branch): Tensor =>
  plainNorm(x, norm).mul(scale.add(1)).add(shift);

/** A branch back into its stream: x + gate · y. */
export const gated = (x: Tensor, y: Tensor, { gate }: Branch): Tensor => x.add(gate ? y.mul(gate) : y);

/** A whole branch: x + gate · f(what is modulated). */
export const through = (x: Tensor, branch: Branch, f: (modulated: Tensor) => Tensor): Tensor =>
  gated(x, f(modulate(x, branch)), branch);
