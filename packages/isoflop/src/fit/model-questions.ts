import type { SurfaceQuestion } from "@isoflop/scaling";
import { usageError } from "../exit.js";
import type { Questions } from "./kind.js";

/**
 * What is asked of a fit that knows N, D and the least compute alone.
 * @throws CliError `usage` where too little or too much is asked
 */
export const modelQuestions = (
  { flopsPerToken }: { readonly flopsPerToken: number },
  { at = [], size: N, tokens: D, reach: loss }: Questions,
): SurfaceQuestion[] => {
  if (D !== undefined && N === undefined) throw usageError("--tokens needs --size");
  if (D !== undefined && at.length > 0)
    throw usageError("--at and --tokens are given; with --size expected one of them");
  const model = N !== undefined && D !== undefined ? [{ N, D }] : [];
  const asked = [
    ...at.map((C) => (N === undefined ? { C } : { N, D: C / (flopsPerToken * N) })),
    ...model,
    ...(loss !== undefined ? [{ loss }] : []),
  ];
  if (asked.length === 0) throw usageError("nothing is asked: --at C, --size N --tokens D, or --reach L");
  return asked;
};
