import type { ProductMethod } from "./convention.js";
import type { Layer, Part } from "./layers.js";
import { elements, linearMacs, oneHotMacs, scoreMacs } from "./operations.js";

/** A matrix product of a layer, all its copies together. */
export interface Product {
  readonly path: string;
  readonly part: Part;
  readonly macs: number;
  /** Operands that need a gradient; each costs a product of the same size in the backward pass. */
  readonly gradients: 1 | 2;
  /** Whether a fused attention kernel computes it again in the backward pass. */
  readonly recomputed: boolean;
}

/** The matrix products of a layer as a convention sees them. */
export const products = ({ path, part, times, operation }: Layer, method: ProductMethod): Product[] => {
  switch (operation.kind) {
    case "linear": {
      const gradients = operation.inputGradient ? 2 : 1;
      return [{ path, part, macs: times * linearMacs(operation), gradients, recomputed: false }];
    }
    case "attention": {
      if (!method.attention) return [];
      const both = { part, macs: times * scoreMacs(operation), gradients: 2 } as const;
      return [
        { path: `${path}.scores`, ...both, recomputed: true },
        { path: `${path}.values`, ...both, recomputed: false },
      ];
    }
    case "lookup": {
      if (method.embeddings === "lookup") return [];
      return [{ path, part, macs: times * oneHotMacs(operation), gradients: 1, recomputed: false }];
    }
    default:
      return [];
  }
};

/** Operations that a convention charges on the elements of a layer, all its copies together. */
export const charges = ({ operation, times }: Layer, { elementwise }: ProductMethod): number => {
  const touched = elements(operation);
  return elementwiseRoles(touched).reduce((sum, role) => sum + times * touched[role]! * (elementwise[role] ?? 0), 0);
};

const elementwiseRoles = (touched: ReturnType<typeof elements>) => Object.keys(touched) as (keyof typeof touched)[];
