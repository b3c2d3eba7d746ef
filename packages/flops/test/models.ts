import fc from "fast-check";
import { type Conditioning, type Context, conditionings, type DitConfig } from "../src/index.js";

const small = fc.integer({ min: 1, max: 5 });

const masked = fc.boolean();

const contexts: fc.Arbitrary<Context> = fc.oneof(
  fc.record({ kind: fc.constant("classes" as const), classes: small }),
  fc.record({ kind: fc.constant("words" as const), tokens: small, vocabulary: small, masked }),
  fc.record({ kind: fc.constant("features" as const), tokens: small, dim: small, masked }),
);

const experts = fc.record({
  count: small,
  active: small,
  capacity: fc.constantFrom(0.5, 1, 1.25, 3),
  every: fc.integer({ min: 1, max: 4 }),
});

const usesNone = (conditioning: Conditioning) => conditioning !== "adaLNSingle" && conditioning !== "mmDit";

/** Any small valid config of any architecture. */
export const anyConfig: fc.Arbitrary<DitConfig> = fc
  .record({
    conditioning: fc.constantFrom(...conditionings),
    context: contexts,
    none: fc.boolean(),
    added: fc.boolean(),
    pooled: fc.option(small, { nil: undefined }),
    grid: fc.tuple(small, small),
    channels: small,
    outChannels: small,
    patch: fc.integer({ min: 1, max: 3 }),
    heads: fc.integer({ min: 1, max: 3 }),
    headDim: fc.constantFrom(4, 8),
    depth: fc.integer({ min: 1, max: 4 }),
    mlpRatio: fc.constantFrom(1, 2.5, 4),
    positions: fc.constantFrom("sincos" as const, "learned" as const),
    qkNorm: fc.constantFrom("none" as const, "rms" as const),
    mixture: fc.option(experts, { nil: undefined }),
  })
  .map(({ none, added, pooled, grid, channels, headDim, context, mixture, ...rest }) => {
    const bare = none && usesNone(rest.conditioning);
    const timed = rest.conditioning === "inContext" || (rest.conditioning === "crossAttention" && !bare);
    const pooling = context.kind === "features" && rest.conditioning === "mmDit" && pooled !== undefined;
    return {
      ...rest,
      image: { height: grid[0] * rest.patch, width: grid[1] * rest.patch, channels },
      width: rest.heads * headDim,
      context: bare ? { kind: "none" } : pooling ? { ...context, pooled } : context,
      ...(added && timed && { time: "added" as const }),
      ...(mixture && {
        experts: {
          ...mixture,
          active: Math.min(mixture.active, mixture.count),
          every: Math.min(mixture.every, rest.depth),
        },
      }),
    };
  });
