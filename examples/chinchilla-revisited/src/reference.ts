import { allocationExponents, expectOk, type Flops, optimalAllocation, surfaceFrom } from "@isoflop/scaling";
import { truth } from "./synthetic.js";

/** What the estimates are held against. */
export interface Reference {
  readonly label: string;
  /** E, A, B, alpha, beta, and what follows from them: the exponent a of N*, and N* and D* at the target. */
  readonly values: Readonly<Record<string, number>>;
}

const surfaces = {
  truth: { label: "truth", parameters: truth },
  /** Log-Huber on the extracted runs without the five highest losses, as printed in arXiv 2404.10102. */
  besiroglu: {
    label: "Besiroglu et al.",
    parameters: { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 },
  },
} as const;

export const referenceNames = ["truth", "besiroglu", "none"] as const;
export type ReferenceName = (typeof referenceNames)[number];

export const referenceAt = (name: ReferenceName, target: Flops): Reference | undefined => {
  if (name === "none") return undefined;
  const { label, parameters } = surfaces[name];
  const surface = surfaceFrom("chinchilla", parameters);
  const { N, D } = expectOk(optimalAllocation(surface, target));
  return { label, values: { a: allocationExponents(surface).N, N, D, ...parameters } };
};
