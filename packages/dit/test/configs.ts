import {
  architectures,
  type Conditioning,
  type Context,
  conditionings,
  type DitConfig,
  mlpKinds,
  normKinds,
  positionKinds,
  type QueryKeyNorm,
  queryKeyNorms,
  resolve,
} from "@isoflop/flops";
import { type Device, spec as standIn, type Tensor } from "@isoflop/tensor";
import fc from "fast-check";
import type { Condition, DitParams } from "../src/index.js";
import { specsOf } from "../src/network.js";
import { build } from "../src/spec.js";

const small = fc.integer({ min: 1, max: 4 });

const masked = fc.boolean();

const none = fc.constant({ kind: "none" as const });
const told = [
  fc.record({ kind: fc.constant("classes" as const), classes: small }),
  fc.record({ kind: fc.constant("words" as const), tokens: small, vocabulary: small, masked }),
  fc.record({ kind: fc.constant("features" as const), tokens: small, dim: small, masked }),
];
const pooled = fc.record({
  ...{ kind: fc.constant("features" as const), tokens: small, dim: small, masked },
  pooled: small,
});

/** Every kind of context that the conditioning takes. */
const contextsOf = (conditioning: Conditioning): fc.Arbitrary<Context> => {
  if (conditioning === "mmDit") return fc.oneof(...told, pooled);
  return conditioning === "adaLNSingle" ? fc.oneof(...told) : fc.oneof(none, ...told);
};

const experts = fc.record({
  ...{ count: small, active: small, capacity: fc.constantFrom(0.5, 1, 1.25, 3) },
  every: fc.integer({ min: 1, max: 3 }),
});

/** Whether time may be added to the tokens. */
const takesTime = (conditioning: Conditioning, context: Context): boolean =>
  conditioning === "inContext" || (conditioning === "crossAttention" && context.kind !== "none");

const normsOf = (conditioning: Conditioning): readonly QueryKeyNorm[] =>
  architectures.get(conditioning).crossAttends ? queryKeyNorms : ["none", "rms"];

/** Any small valid config of a conditioning. */
export const configOf = (conditioning: Conditioning): fc.Arbitrary<DitConfig> =>
  fc
    .record({
      ...{ grid: fc.tuple(small, small), patch: fc.integer({ min: 1, max: 3 }), channels: small, outChannels: small },
      ...{
        heads: fc.integer({ min: 1, max: 3 }),
        headWidth: fc.constantFrom(4, 8),
        depth: fc.integer({ min: 1, max: 3 }),
      },
      ...{
        mlpRatio: fc.constantFrom(1, 2.5, 4),
        context: contextsOf(conditioning),
        qkNorm: fc.constantFrom(...normsOf(conditioning)),
      },
      ...{ norm: fc.constantFrom(...normKinds), mlp: fc.constantFrom(...mlpKinds), added: fc.boolean() },
      ...{ positions: fc.constantFrom(...positionKinds), registers: fc.integer({ min: 0, max: 2 }) },
      ...{ timeFeatures: fc.constantFrom(2, 6, 256), guided: fc.boolean(), video: fc.option(fc.tuple(small, small)) },
      mixture: fc.option(experts, { nil: undefined }),
    })
    .map(({ grid, headWidth, channels, added, guided, video, mixture, ...rest }) => ({
      ...rest,
      ...(added && takesTime(conditioning, rest.context) && { time: "added" as const }),
      ...(guided && { guidance: true as const }),
      ...(video && { patchFrames: video[1] }),
      ...(mixture && {
        experts: {
          ...mixture,
          active: Math.min(mixture.active, mixture.count),
          every: Math.min(mixture.every, rest.depth),
        },
      }),
      image: {
        ...{ height: grid[0] * rest.patch, width: grid[1] * rest.patch, channels },
        ...(video && { frames: video[0] * video[1] }),
      },
      // Three axes of RoPE want heads of at least 8.
      width: rest.heads * (video && rest.positions.endsWith("rope") ? 8 : headWidth),
      conditioning,
    }));

/** Any small valid config of any conditioning. */
export const anyConfig: fc.Arbitrary<DitConfig> = fc.constantFrom(...conditionings).chain(configOf);

/** Parameters known by their shapes alone. */
export const standIns = (config: DitConfig): DitParams =>
  build<DitParams>(specsOf(resolve(config)), ({ shape }) => standIn(shape));

/** The shape of n images or videos of a config. */
export const shapeOf = ({ image }: DitConfig, n: number): readonly number[] => {
  const { frames, height, width, channels } = image;
  return [n, channels, ...(frames === undefined ? [] : [frames]), height, width];
};

/** Options of a pass that hand over the times as scales of guidance, where the config takes some. */
export const guidedBy = ({ guidance }: DitConfig, t: Tensor) => (guidance ? { guidance: t } : {});

/** A condition of zeros that fits the config's context. */
export const zeroCondition = ({ context }: DitConfig, n: number, device: Device): Condition | undefined => {
  switch (context.kind) {
    case "none":
      return undefined;
    case "classes":
      return device.tensor(new Int32Array(n), [n]);
    case "words":
      return device.tensor(new Int32Array(n * context.tokens), [n, context.tokens]);
    case "features": {
      const zeros = (...shape: number[]) =>
        device.tensor(new Float32Array(shape.reduce((size, side) => size * side, 1)), shape);
      const tokens = zeros(n, context.tokens, context.dim);
      const pooled = context.pooled === undefined ? undefined : zeros(n, context.pooled);
      if (context.masked) {
        const lengths = device.tensor(
          Int32Array.from({ length: n }, (_, i) => i),
          [n],
        );
        return { tokens, lengths, ...(pooled && { pooled }) };
      }
      return pooled ? { tokens, pooled } : tokens;
    }
  }
};
