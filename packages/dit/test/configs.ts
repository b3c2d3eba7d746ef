import type { Context, DitConfig } from "@isoflop/flops";
import { resolve } from "@isoflop/flops";
import { type Device, spec as standIn, type Tensor } from "@isoflop/tensor";
import fc from "fast-check";
import type { DitParams } from "../src/index.js";
import { specsOf } from "../src/network.js";
import { build } from "../src/spec.js";

const small = fc.integer({ min: 1, max: 4 });

const contexts: fc.Arbitrary<Context> = fc.oneof(
  fc.constant({ kind: "none" as const }),
  fc.record({ kind: fc.constant("classes" as const), classes: small }),
  fc.record({ kind: fc.constant("words" as const), tokens: small, vocabulary: small }),
  fc.record({ kind: fc.constant("features" as const), tokens: small, dim: small }),
);

/** Any small valid in-context config. */
export const anyConfig: fc.Arbitrary<DitConfig> = fc
  .record({
    ...{ grid: fc.tuple(small, small), patch: fc.integer({ min: 1, max: 3 }), channels: small, outChannels: small },
    ...{
      heads: fc.integer({ min: 1, max: 3 }),
      headWidth: fc.constantFrom(4, 8),
      depth: fc.integer({ min: 1, max: 3 }),
    },
    ...{
      mlpRatio: fc.constantFrom(1, 2.5, 4),
      context: contexts,
      qkNorm: fc.constantFrom("none" as const, "rms" as const),
    },
    positions: fc.constantFrom("sincos" as const, "learned" as const),
  })
  .map(({ grid, headWidth, channels, ...rest }) => ({
    ...rest,
    image: { height: grid[0] * rest.patch, width: grid[1] * rest.patch, channels },
    width: rest.heads * headWidth,
    conditioning: "inContext" as const,
  }));

/** Parameters known by their shapes alone. */
export const standIns = (config: DitConfig): DitParams =>
  build<DitParams>(specsOf(resolve(config)), ({ shape }) => standIn(shape));

/** A condition of zeros that fits the config's context. */
export const zeroCondition = ({ context }: DitConfig, n: number, device: Device): Tensor | undefined => {
  switch (context.kind) {
    case "none":
      return undefined;
    case "classes":
      return device.tensor(new Int32Array(n), [n]);
    case "words":
      return device.tensor(new Int32Array(n * context.tokens), [n, context.tokens]);
    case "features":
      return device.tensor(new Float32Array(n * context.tokens * context.dim), [n, context.tokens, context.dim]);
  }
};
