import { expect, test } from "vitest";
import {
  canonicalConfig,
  configKeys,
  type DitConfig,
  FlopsError,
  forward,
  memory,
  parameters,
  presets,
  resolve,
  training,
} from "../src/index.js";

const good: DitConfig = {
  image: { height: 16, width: 16, channels: 3 },
  patch: 2,
  width: 32,
  depth: 3,
  heads: 2,
  conditioning: "inContext",
  context: { kind: "words", tokens: 6, vocabulary: 40 },
};

test("defaults and derived sizes", () => {
  const expected = { mlpRatio: 4, mlpWidth: 128, outChannels: 3, positions: "sincos", qkNorm: "none" };
  expect(resolve(good)).toMatchObject({ ...expected, imageTokens: 64, contextTokens: 6 });
});

test("a model has one canonical config, whatever is said of its defaults", () => {
  const said = {
    ...good,
    mlpRatio: 4,
    outChannels: 3,
    positions: "sincos",
    qkNorm: "none",
    time: "token",
    timeScale: 1000,
    timeFeatures: 256,
    norm: "layer",
    mlp: "gelu",
    registers: 0,
  } as const;
  expect(canonicalConfig(said)).toEqual(canonicalConfig(good));
  const unsaid: readonly string[] = [
    ...["time", "timeScale", "timeFeatures", "guidance", "norm", "mlp", "registers", "patchFrames", "experts"],
    "parameterization",
  ];
  expect(Object.keys(canonicalConfig(good)).sort()).toEqual(configKeys.filter((key) => !unsaid.includes(key)).sort());
  const added = canonicalConfig({ ...good, time: "added" });
  expect(added.time).toBe("added");
  expect(canonicalConfig(added)).toEqual(added);
  expect(forward(added)).not.toEqual(forward(good));
});

test("the scale of time is part of the model and of no count", () => {
  const scaled: DitConfig = { ...good, timeScale: 1 };
  expect([resolve(good).timeScale, resolve(scaled).timeScale]).toEqual([1000, 1]);
  expect(canonicalConfig(scaled)).toEqual({ ...canonicalConfig(good), timeScale: 1 });
  expect(training(scaled)).toEqual(training(good));
  expect(parameters(scaled)).toEqual(parameters(good));
  expect(memory(scaled, { batch: 2 })).toEqual(memory(good, { batch: 2 }));
});

test.each(["inContext", "adaLNZero"] as const)("a label table of %s without a row for no label", (conditioning) => {
  const context = { kind: "classes", classes: 10 } as const;
  const config = (nullLabel?: boolean): DitConfig => {
    const { context: _, ...rest } = good;
    return { ...rest, conditioning, context: { ...context, ...(nullLabel !== undefined && { nullLabel }) } };
  };
  expect(parameters(config(true))).toEqual(parameters(config()));
  expect(parameters(config()).trainable - parameters(config(false)).trainable).toBe(32);
  expect(canonicalConfig(config(true))).toEqual(canonicalConfig(config()));
  expect(canonicalConfig(config()).context).toEqual(context);
  expect(canonicalConfig(config(false)).context).toEqual({ ...context, nullLabel: false });
});

test.each<DitConfig["context"]>([
  { kind: "words", tokens: 6, vocabulary: 40 },
  { kind: "features", tokens: 6, dim: 5, pooled: 3 },
])("a mask is part of the model and of no count: $kind", (context) => {
  const conditioning = "pooled" in context ? "mmDit" : "inContext";
  const config = (masked?: boolean): DitConfig => ({
    ...good,
    conditioning,
    context: { ...context, ...(masked !== undefined && { masked }) },
  });
  expect(canonicalConfig(config()).context).toEqual(context);
  expect(canonicalConfig(config(false))).toEqual(canonicalConfig(config()));
  expect(canonicalConfig(config(true)).context).toEqual({ ...context, masked: true });
  expect(training(config(true))).toEqual(training(config()));
  expect(parameters(config(true))).toEqual(parameters(config()));
  expect(memory(config(true), { batch: 2 })).toEqual(memory(config(), { batch: 2 }));
});

test("a config survives JSON, and resolving names no other model", () => {
  for (const config of Object.values(presets)) {
    expect(forward(JSON.parse(JSON.stringify(config)))).toEqual(forward(config));
  }
});

/** Wrong in one field each; a config file can hold anything, so the types are set aside. */
const wrong: readonly (readonly [string, object, RegExp])[] = [
  ["an unknown key", { hidden: 32 }, /unknown key "hidden"; it takes image, patch, width/],
  ["a fractional width", { width: 32.5 }, /width is 32.5; it must be an integer of at least 1/],
  ["a string depth", { depth: "3" }, /depth is "3"/],
  ["no depth", { depth: 0 }, /depth is 0/],
  ["heads that do not divide", { heads: 3 }, /heads is 3; it must divide width, 32/],
  ["a patch that does not divide", { patch: 3 }, /patch is 3; it must divide image.height, 16/],
  ["a patch that divides one side", { patch: 4, image: { height: 16, width: 18, channels: 3 } }, /image.width, 18/],
  ["NaN", { mlpRatio: Number.NaN }, /mlpRatio is NaN/],
  ["an MLP of no width", { mlpRatio: 0.01 }, /floor\(width · mlpRatio\) is 0/],
  ["an unknown conditioning", { conditioning: "film" }, /conditioning is "film"; it must be one of "inContext"/],
  [
    "a mistyped context key",
    { context: { kind: "classes", count: 10 } },
    /unknown key "count"; it takes kind, classes/,
  ],
  ["a missing size", { context: { kind: "words", tokens: 6 } }, /context.vocabulary is undefined/],
  ["an unknown context", { context: { kind: "audio" } }, /context.kind is "audio"/],
  ["no context at all", { context: null }, /context is null/],
  ["cross-attention to nothing", { conditioning: "mmDit", context: { kind: "none" } }, /mmDit attends to context/],
  [
    "a pooled vector nobody takes",
    { context: { kind: "features", tokens: 2, dim: 3, pooled: 4 } },
    /only mmDit takes it/,
  ],
  ["an unknown place of time", { time: "somewhere" }, /time is "somewhere"; it must be one of "token", "added"/],
  ["a place of time where it modulates", { conditioning: "adaLN", time: "token" }, /time is "token"; adaLN modulates/],
  [
    "cross-attention to nothing but an added time",
    { conditioning: "crossAttention", context: { kind: "none" }, time: "added" },
    /crossAttention needs a token to attend to/,
  ],
  ["sines at an odd width", { width: 6, heads: 1 }, /width is 6; sincos positions need a multiple of 4/],
  ["no image", { image: undefined }, /image is undefined; it must be a record of height, width, channels/],
  ["a time scale of 0", { timeScale: 0 }, /timeScale is 0; it must be a finite number above 0/],
  ["a time scale in words", { timeScale: "1" }, /timeScale is "1"/],
  [
    "a null label that is no choice",
    { context: { kind: "classes", classes: 2, nullLabel: 0 } },
    /context.nullLabel is 0; it must be true or false/,
  ],
  [
    "a mask that is no choice",
    { context: { kind: "words", tokens: 6, vocabulary: 40, masked: 1 } },
    /context.masked is 1; it must be true or false/,
  ],
  [
    "a mask of labels",
    { context: { kind: "classes", classes: 2, masked: true } },
    /unknown key "masked"; it takes kind, classes/,
  ],
  ["a list for a context", { context: [] }, /context.kind is undefined; it must be one of "none", "classes"/],
  ["an unknown image key", { image: { height: 16, width: 16, depth: 3 } }, /image has an unknown key "depth"/],
];

test.each(wrong)("%s", (_, change, message) => {
  const bad = { ...good, ...change } as DitConfig;
  expect(() => resolve(bad)).toThrow(FlopsError);
  expect(() => forward(bad)).toThrow(message);
});

test.each([undefined, null, 3, "DiT-XL/2", []])("%s is no config", (value) => {
  expect(() => resolve(value as never)).toThrow(/the config is .*; it must be a record of image, patch, width/);
});
