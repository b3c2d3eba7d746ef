import { describe, expect, test } from "vitest";
import {
  type Convention,
  conventions,
  devices,
  estimate,
  evaluate,
  evaluations,
  FlopsError,
  forward,
  isoFlopGrid,
  kaplanForward,
  ladder,
  ladderRules,
  llmFoundryTraining,
  memory,
  mfu,
  officialDit,
  optimizerStep,
  optimizers,
  palmTraining,
  paperLaws,
  paperSetup,
  peak,
  precisions,
  presets,
  roofline,
  savedActivations,
  scale,
  sixND,
  sixNDOf,
  tokensPerSample,
  traffic,
  training,
  within,
} from "../src/index.js";

const xl = presets["DiT-XL/2"];
const device = devices["H100-SXM"];
const measured = { flops: 1e18, seconds: 3600, device, arithmetic: "bf16" } as const;
const expected = { flops: 1e18, device, arithmetic: "bf16", mfu: 0.4 } as const;
const gpt = { depth: 2, width: 8, mlpWidth: 32, heads: 2, sequence: 4, vocabulary: 10 };

/** JavaScript hands over anything, so the types are set aside. */
const given = (value: unknown): never => value as never;

describe("what is no number, time, cost or size is refused by name", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["NaN FLOPs", () => mfu({ ...measured, flops: Number.NaN }), /flops is NaN/],
    ["negative seconds", () => mfu({ ...measured, seconds: -1 }), /seconds is -1/],
    ["infinite seconds", () => mfu({ ...measured, seconds: Number.POSITIVE_INFINITY }), /seconds is Infinity/],
    ["seconds as text", () => mfu({ ...measured, seconds: given("3600") }), /seconds is "3600"/],
    ["half a device", () => mfu({ ...measured, devices: 1.5 }), /devices is 1.5/],
    ["a device's name", () => mfu({ ...measured, device: given("H100-SXM") }), /device is "H100-SXM"; .* an entry/],
    ["no device", () => peak(given(undefined), "bf16"), /device is undefined/],
    ["a peak of NaN", () => peak({ ...device, peak: { bf16: Number.NaN } }, "bf16"), /peak.bf16 is NaN/],
    ["no work", () => estimate({ ...expected, flops: 0 }), /flops is 0/],
    ["no use", () => estimate({ ...expected, mfu: 0 }), /mfu is 0/],
    ["a use of NaN", () => estimate({ ...expected, mfu: Number.NaN }), /mfu is NaN/],
    ["endless power", () => estimate({ ...expected, powerUsageEffectiveness: Infinity }), /Effectiveness is Infinity/],
    ["watts of NaN", () => estimate({ ...expected, device: { ...device, watts: Number.NaN } }), /watts is NaN/],
    [
      "a negative price",
      () => estimate({ ...expected, device: { ...device, price: { ...device.price, low: -1 } } }),
      /price.low is -1/,
    ],
    [
      "a price turned round",
      () => estimate({ ...expected, device: { ...device, price: { ...device.price, low: 9 } } }),
      /price.low is 9; it must be at most price.high, 5/,
    ],
    ["no bandwidth", () => roofline({ ...device, bandwidth: 0 }, "bf16", 1, 1), /bandwidth is 0/],
    ["bytes of NaN", () => roofline(device, "bf16", 1, Number.NaN), /bytes is NaN/],
    ["no batch", () => memory(xl, { batch: 0 }), /batch is 0/],
    [
      "weights of negative bytes",
      () => memory(xl, { batch: 1, precision: { ...precisions.f32, weight: -4 } }),
      /precision.weight is -4/,
    ],
    [
      "a precision that lacks a field",
      () => traffic(xl, { batch: 1, precision: given({ activation: 4 }) }),
      /precision.weight is undefined/,
    ],
    ["a precision's name", () => memory(xl, { batch: 1, precision: given("f32") }), /precision is "f32"/],
    [
      "states of NaN",
      () => memory(xl, { batch: 1, optimizer: { ...optimizers.adamw, states: Number.NaN } }),
      /optimizer.states is NaN/,
    ],
    ["an optimizer's name", () => optimizerStep(xl, { optimizer: given("adamW") }), /optimizer is "adamW"/],
    ["a negative factor", () => scale(forward(xl), -2), /factor is -2/],
    ["N of NaN", () => sixND(Number.NaN, 1), /n is NaN/],
    ["no tokens", () => sixND(1, 0), /d is 0/],
    ["a batch of a half", () => llmFoundryTraining(gpt, 1, 0.5), /batch is 0.5/],
    ["N of -1", () => palmTraining(gpt, -1), /n is -1/],
    ["no compute", () => evaluate(paperLaws.loss, 0), /compute is 0/],
    ["a share above 1", () => evaluations({ steps: 1, guided: given("1") }), /guided is "1"/],
    ["a factor of NaN", () => within([], 1e6, Number.NaN), /factor is NaN/],
    [
      "one budget alone",
      () => isoFlopGrid({ budgets: given(1e18), models: [], batch: 1 }),
      /budgets is 1000000000000000000; it must be an array/,
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(FlopsError);
    expect(act).toThrow(message);
  });
});

describe("a name that nobody knows is refused with the choices", () => {
  const odd = (change: object): Convention => ({ ...conventions.exact, ...change });

  test.each<[string, () => unknown, RegExp]>([
    ["mfu", () => mfu(given({ ...measured, gpus: 8 })), /unknown key "gpus"; it takes .*devices/],
    ["estimate", () => estimate(given({ ...expected, pue: 1.2 })), /"pue"; it takes .*powerUsageEffectiveness/],
    ["memory", () => memory(xl, given({ batch: 1, checkpoint: "blocks" })), /"checkpoint"; it takes .*checkpointing/],
    ["optimizerStep", () => optimizerStep(xl, given({ ema: false })), /"ema"; it takes optimizer, clipping, averaging/],
    ["traffic", () => traffic(xl, given({ batch: 1, averaging: true })), /"averaging"; it takes batch, precision/],
    ["sampling", () => evaluations(given({ steps: 1, cfg: 1 })), /"cfg"; it takes steps, solver, guided/],
    ["a grid", () => isoFlopGrid(given({ budgets: [1], models: [], batch: 1, N: "all" })), /"N"; it takes .* n,/],
    ["a language model", () => kaplanForward(given({ ...gpt, layers: 3 })), /"layers"; it takes depth/],
    [
      "a set-up",
      () => ladder(given({ ...paperSetup, pos: "learned" }), [256], ladderRules.sd3),
      /the set-up .*"pos"; it takes image/,
    ],
    [
      "a set-up with a size",
      () => ladder(given({ ...paperSetup, width: 64 }), [256], ladderRules.sd3),
      /unknown key "width"/,
    ],
    ["a solver", () => evaluations({ steps: 1, solver: given("rk45") }), /solver is "rk45"; .*"euler", "heun"/],
    ["checkpointing", () => training(xl, conventions.exact, given("block")), /"block"; .*"none", "blocks"/],
    ["saved activations", () => savedActivations(xl, true, given("all")), /checkpointing is "all"/],
    ["a set of tokens", () => tokensPerSample(xl, given("text")), /tokens is "text"; .*"image", "all"/],
    ["a set of parameters", () => training(xl, sixNDOf(given("total"))), /method.parameters is "total"/],
    ["an N to choose by", () => within([], 1e6, 2, given("total")), /n is "total"/],
    ["a size of the official DiT", () => officialDit(given("M"), 2), /size is "M"; it must be one of "S", "B"/],
    ["a patch of the official DiT", () => officialDit("S", given(3)), /patch is 3; it must be 2, 4 or 8/],
    ["a unit", () => forward(xl, odd({ unit: "flops" })), /unit is "flops"; .*"flop", "mac"/],
    ["a backward rule", () => forward(xl, odd({ backward: "twice" })), /backward is "twice"; .*"threeTimes"/],
    ["tokens of a convention", () => forward(xl, odd({ tokens: "text" })), /tokens is "text"/],
    ["a field of a convention", () => forward(xl, odd({ softmax: 3 })), /unknown key "softmax"/],
    ["a method", () => forward(xl, odd({ method: { kind: "hooks" } })), /method.kind is "hooks"/],
    [
      "a look-up",
      () => forward(xl, odd({ method: { ...conventions.exact.method, embeddings: "free" } })),
      /embeddings is "free"; .*"lookup", "oneHot"/,
    ],
    [
      "a role",
      () =>
        forward(xl, { ...conventions.thop, method: { ...conventions.thop.method, elementwise: given({ norm: 1 }) } }),
      /unknown key "norm"; it takes blockNorm/,
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(FlopsError);
    expect(act).toThrow(message);
  });
});
