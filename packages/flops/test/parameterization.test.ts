import { describe, expect, test } from "vitest";
import {
  canonicalConfig,
  type DitConfig,
  FlopsError,
  ladder,
  ladderRules,
  memory,
  type Parameterization,
  parameters,
  presets,
  resolve,
  sized,
  training,
} from "../src/index.js";

const good: DitConfig = {
  image: { height: 16, width: 16, channels: 3 },
  patch: 2,
  width: 96,
  depth: 2,
  heads: 4,
  conditioning: "adaLNZero",
  context: { kind: "classes", classes: 10 },
};
const muP = (baseWidth: number, baseHeads?: number): Parameterization => ({
  kind: "muP",
  baseWidth,
  ...(baseHeads !== undefined && { baseHeads }),
});
const under = (parameterization: Parameterization): DitConfig => ({ ...good, parameterization });

describe("one text", () => {
  test("standard is unsaid", () => {
    expect(canonicalConfig(under({ kind: "standard" }))).toEqual(canonicalConfig(good));
    expect(canonicalConfig(good)).not.toHaveProperty("parameterization");
  });

  test("muP is said with the width and heads of its base", () => {
    expect(canonicalConfig(under(muP(32)))).toEqual({ ...canonicalConfig(good), parameterization: muP(32, 4) });
    expect(canonicalConfig(under(muP(32, 2))).parameterization).toEqual(muP(32, 2));
    expect(canonicalConfig(canonicalConfig(under(muP(32, 2))))).toEqual(canonicalConfig(under(muP(32, 2))));
  });
});

test("it decides no count", () => {
  const config = under(muP(32));
  expect(training(config)).toEqual(training(good));
  expect(parameters(config)).toEqual(parameters(good));
  expect(memory(config, { batch: 2 })).toEqual(memory(good, { batch: 2 }));
});

test("the base model is the config at its width and heads", () => {
  const { parameterization } = resolve(under(muP(32, 2)));
  expect(parameterization).toEqual({
    ...{ kind: "muP", baseWidth: 32, baseHeads: 2 },
    base: resolve({ ...good, width: 32, heads: 2 }),
  });
  expect(resolve(good).parameterization).toEqual({ kind: "standard" });
});

describe("attention's scale", () => {
  const scaleOf = (config: DitConfig): number => resolve(config).attentionScale;

  test("is one over the root of the head's width", () => {
    for (const config of Object.values(presets)) expect(scaleOf(config)).toBe((config.width / config.heads) ** -0.5);
  });

  test("is that to the bit where heads are as wide as the base's", () => {
    expect(scaleOf(under(muP(96)))).toBe(scaleOf(good));
    expect(scaleOf(under(muP(24, 1)))).toBe(scaleOf(good));
    expect(scaleOf({ ...good, width: 192, heads: 8, parameterization: muP(24, 1) })).toBe(scaleOf(good));
  });

  test("falls as one over a head that grows with the width", () => {
    // √(base head width) / (head width): 24 wide where the base's heads are 8.
    expect(scaleOf(under(muP(32)))).toBeCloseTo(Math.sqrt(8) / 24, 14);
    const scales = [32, 64, 128].map((width) => scaleOf({ ...good, width, parameterization: muP(32) }));
    expect(scales[0]).toBe(8 ** -0.5);
    expect(scales[0]! / scales[1]!).toBeCloseTo(2, 14);
    expect(scales[1]! / scales[2]!).toBeCloseTo(2, 14);
  });
});

describe("a ladder", () => {
  const { width: _, depth: __, heads: ___, ...setup } = under(muP(32));

  test("gives the base model its heads, so that heads of one width stay what they are", () => {
    for (const { config } of ladder(setup, [16, 32, 256], ladderRules.shallow)) {
      expect(config.parameterization).toEqual(muP(32, 4));
      expect(resolve(config).attentionScale).toBe(8 ** -0.5);
    }
    expect(sized(setup, { width: 64, depth: 1, heads: 1 }, ladderRules.halfRoot).parameterization).toEqual(muP(32, 2));
  });

  test("leaves what is said", () => {
    const said = { ...setup, parameterization: muP(32, 1) };
    expect(sized(said, ladderRules.shallow(64), ladderRules.shallow).parameterization).toEqual(muP(32, 1));
    const { parameterization: ____, ...standard } = setup;
    expect(sized(standard, ladderRules.shallow(64), ladderRules.shallow)).not.toHaveProperty("parameterization");
  });

  test("refuses a base width that it has not", () => {
    expect(() => ladder({ ...setup, parameterization: muP(20) }, [16], ladderRules.shallow)).toThrow(
      "parameterization.baseWidth is 20: width is 20; this ladder has multiples of 8.",
    );
  });
});

/** A config file can hold anything, so the types are set aside. */
const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ["a word", "muP", /parameterization is "muP"; it must be a record of kind, baseWidth, baseHeads/],
  ["null", null, /parameterization is null; it must be a record/],
  ["an unknown kind", { kind: "mup" }, /parameterization.kind is "mup"; it must be one of "standard", "muP"/],
  ["an unknown key", { kind: "muP", base: 32 }, /parameterization has an unknown key "base"/],
  ["a base of standard", { kind: "standard", baseWidth: 32 }, /of kind "standard" has an unknown key "baseWidth"/],
  ["no base width", { kind: "muP" }, /parameterization.baseWidth is undefined; it must be an integer of at least 1/],
  ["a base width of 0", { kind: "muP", baseWidth: 0 }, /parameterization.baseWidth is 0; it must be an integer/],
  ["a fractional base width", { kind: "muP", baseWidth: 32.5 }, /parameterization.baseWidth is 32.5/],
  ["no base heads", { kind: "muP", baseWidth: 32, baseHeads: 0 }, /parameterization.baseHeads is 0/],
  [
    "heads that do not divide the base width",
    { kind: "muP", baseWidth: 18 },
    /parameterization.baseHeads is 4, .* \(default: those of the config\); it must divide parameterization.baseWidth, 18\./,
  ],
  [
    "a base model that is none",
    { kind: "muP", baseWidth: 18, baseHeads: 3 },
    /parameterization.baseWidth is 18, and no model is that wide: width is 18; sincos positions need a multiple of 4/,
  ],
];

test.each(wrong)("%s is refused", (_, parameterization, message) => {
  const bad = { ...good, parameterization } as DitConfig;
  expect(() => resolve(bad)).toThrow(FlopsError);
  expect(() => resolve(bad)).toThrow(message);
});
