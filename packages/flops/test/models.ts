import fc from "fast-check";
import {
  architectures,
  type Conditioning,
  type Context,
  conditionings,
  type DitConfig,
  mlpKinds,
  normKinds,
  positionKinds,
} from "../src/index.js";

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
    positions: fc.constantFrom(...positionKinds),
    norm: fc.constantFrom(...normKinds),
    mlp: fc.constantFrom(...mlpKinds),
    registers: fc.integer({ min: 0, max: 3 }),
    timeFeatures: fc.constantFrom(2, 6, 256),
    guided: fc.boolean(),
    video: fc.option(fc.tuple(small, fc.integer({ min: 1, max: 2 })), { nil: undefined }),
    normed: fc.boolean(),
    mixture: fc.option(experts, { nil: undefined }),
  })
  .map(({ none, added, pooled, grid, channels, headDim, context, guided, video, normed, mixture, ...rest }) => {
    const bare = none && usesNone(rest.conditioning);
    const timed = rest.conditioning === "inContext" || (rest.conditioning === "crossAttention" && !bare);
    const pooling = context.kind === "features" && rest.conditioning === "mmDit" && pooled !== undefined;
    const crosses = architectures.get(rest.conditioning).crossAttends;
    // Three axes of RoPE want heads of at least 8.
    const head = video && rest.positions.includes("rope") ? 8 : headDim;
    return {
      ...rest,
      image: {
        ...{ height: grid[0] * rest.patch, width: grid[1] * rest.patch, channels },
        ...(video && { frames: video[0] * video[1] }),
      },
      ...(video && { patchFrames: video[1] }),
      ...(guided && { guidance: true as const }),
      qkNorm: normed ? (crosses && headDim === 8 ? "rms+cross" : "rms") : "none",
      width: rest.heads * head,
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
