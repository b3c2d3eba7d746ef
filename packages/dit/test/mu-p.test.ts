import { architectures, type Conditioning, type Context, conditionings, type DitConfig, resolve } from "@isoflop/flops";
import { createDevice, random, type Tensor } from "@isoflop/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearSpec, Spec } from "../src/building-blocks.js";
import {
  addConditioning,
  checkCounted,
  DitError,
  defineConditioning,
  dit,
  exportWeights,
  namedParams,
  parameterRates,
  paramsFrom,
  toStandard,
  trunks,
} from "../src/index.js";
import { specsOf } from "../src/network.js";
import { namedSpecs, type Role } from "../src/spec.js";
import { anyConfig, zeroCondition } from "./configs.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");

const features = { kind: "features", tokens: 3, dim: 6 } as const;
const contexts = {
  classes: { kind: "classes", classes: 3 },
  words: { kind: "words", tokens: 3, vocabulary: 5 },
  features,
  pooled: { ...features, pooled: 5 },
} as const satisfies Readonly<Record<string, Context>>;

const setup = {
  ...{ image: { height: 4, width: 4, channels: 2 }, patch: 2, width: 32, depth: 2, heads: 4 },
  context: features,
  qkNorm: "rms",
  positions: "learned",
} as const;

/** The config at `baseWidth` and `ratio` times as wide. */
const wide = (config: DitConfig, ratio: number): DitConfig => ({
  ...config,
  width: config.width * ratio,
  parameterization: { kind: "muP", baseWidth: config.width },
});

const dataOf = async (params: Readonly<Record<string, Tensor>>): Promise<Record<string, Float32Array>> => {
  const read = Object.entries(params).map(async ([name, leaf]) => [name, await leaf.data(device)] as const);
  return Object.fromEntries(await Promise.all(read)) as Record<string, Float32Array>;
};

/** What of each parameter grows, by its name in the official code; the first pattern that fits says it. */
const roles: readonly (readonly [pattern: RegExp, role: Role])[] = [
  [/bias$|norm\w*\.weight$|ln_[qk]\.weight$|[qk]_norm\.weight$|scale_shift_table$/, "vector"],
  [/embedding_table\.weight$|pos_embed$|^register$/, "table"],
  [/^(final_layer\.)?linear\.weight$|router\.weight$/, "output"],
  [
    /^x_embedder|^t_embedder\.(mlp\.)?0\.weight|^context_embedder\.weight|^y_embedder\.(mlp\.0|y_proj\.fc1)|guidance_in\.in_layer/,
    "input",
  ],
  [
    /attn\.(qkv|proj)|cross_attn\.(q_linear|kv_linear|proj)|mlp\.fc[12]|adaLN_modulation\.1|t_block\.1|\.2\.weight$|y_proj\.fc2|mlp\.(experts\.\d\.)?w(12|3)|guidance_in\.out_layer/,
    "hidden",
  ],
];
const roleOf = (name: string): Role | undefined => roles.find(([pattern]) => pattern.test(name))?.[1];

/** What else a config may have. */
const parts = { registers: 2, guidance: true, norm: "rms", mlp: "swiglu", timeFeatures: 32 } as const;
const experts = { count: 3, active: 1, every: 2 } as const;

const cases = conditionings.flatMap((conditioning) =>
  Object.entries(contexts)
    .filter(([kind]) => kind !== "pooled" || conditioning === "mmDit")
    .map(([kind, context]) => {
      const more = kind === "features" ? { ...parts, experts } : {};
      return [conditioning, kind, { ...setup, ...more, conditioning, context }] as const;
    }),
);

describe.each(cases)("%s told %s", (_, __, config) => {
  test("has a role for every parameter, which follows from its name", () => {
    for (const [name, spec] of namedSpecs(specsOf(resolve(config))))
      expect([name, spec.role]).toEqual([name, roleOf(name)]);
  });

  test("is the standard model at its base width", async () => {
    const base = wide(config, 1);
    expect(namedSpecs(specsOf(resolve(base)))).toEqual(namedSpecs(specsOf(resolve(config))));
    expect(await dataOf(namedParams(dit(base).init(random.key(3))))).toEqual(
      await dataOf(namedParams(dit(config).init(random.key(3)))),
    );
    for (const optimizer of ["adam", "sgd"] as const) {
      expect(parameterRates(base, optimizer)).toEqual(parameterRates(config, optimizer));
      for (const rates of Object.values(parameterRates(base, optimizer)))
        expect(rates).toEqual({ learningRate: 1, weightDecay: 1 });
    }
  });

  test("starts wider models from the base's laws, narrowed as the fan-in grows", async () => {
    const ratio = 3;
    const params = await dataOf(namedParams(dit(wide(config, ratio)).init(random.key(5))));
    for (const [name, { init, role }] of namedSpecs(specsOf(resolve(config)))) {
      const values = params[name]!;
      if (init.kind === "zeros" || init.kind === "ones") {
        expect(new Set(values)).toEqual(new Set([init.kind === "ones" ? 1 : 0]));
        continue;
      }
      const std = init.kind === "normal" ? init.std : Math.sqrt(2 / (init.fanIn + init.fanOut));
      const wanted = std / { input: 1, hidden: Math.sqrt(ratio), output: ratio, vector: 1, table: 1 }[role];
      const found = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
      // Five standard errors of a standard deviation, at most std / sqrt(2n).
      expect(Math.abs(found / wanted - 1), name).toBeLessThan(5 / Math.sqrt(2 * values.length));
    }
  });

  test("is counted as it is traced", () => checkCounted(wide(config, 2)));
});

describe.each(conditionings)("rates of %s", (conditioning) => {
  const config = { ...setup, conditioning, context: contexts.words };
  const growing = new Set(
    namedSpecs(specsOf(resolve(config))).flatMap(([name, { shape }]) => {
      const other = new Map(namedSpecs(specsOf(resolve({ ...config, width: 64 })))).get(name)!;
      return shape.join() === other.shape.join() ? [] : [name];
    }),
  );

  test("are one over the width for Adam's matrices, and 1 for what is told and for vectors", () => {
    for (const [name, { learningRate, weightDecay }] of Object.entries(parameterRates(wide(config, 4)))) {
      expect([name, learningRate]).toEqual([name, ["hidden", "output"].includes(roleOf(name)!) ? 1 / 4 : 1]);
      // Learning rate × weight decay, by which a weight shrinks in a step, is the base's.
      expect(learningRate * weightDecay).toBe(1);
    }
  });

  test("are the fan-out, 1 and one over the fan-in for SGD", () => {
    const rate = { input: 4, hidden: 1, output: 1 / 4, vector: 4, table: 4 } as const;
    for (const [name, { learningRate }] of Object.entries(parameterRates(wide(config, 4), "sgd")))
      expect([name, learningRate]).toEqual([name, growing.has(name) ? rate[roleOf(name)!] : 1]);
    expect(growing.has(conditioning === "inContext" ? "linear.bias" : "final_layer.linear.bias")).toBe(false);
  });

  test("have every parameter of the model, and no other", () => {
    const names = Object.keys(namedParams(dit(config).init(random.key(0))));
    expect(Object.keys(parameterRates(wide(config, 4))).sort()).toEqual(names.sort());
  });
});

test("every parameter of any config grows as its role says", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      expect(() => specsOf(resolve(wide(config, 3)))).not.toThrow();
    }),
  );
});

test("a model narrower than its base has wider laws and larger rates", () => {
  const config: DitConfig = { ...setup, conditioning: "adaLNZero", parameterization: { kind: "muP", baseWidth: 128 } };
  const base = new Map(namedSpecs(specsOf(resolve({ ...config, width: 128 }))));
  const specs = new Map(namedSpecs(specsOf(resolve(config))));
  const [narrow, whole] = [specs, base].map((all) => all.get("t_embedder.mlp.2.weight")!.init);
  expect(whole).toEqual({ kind: "normal", std: 0.02 });
  expect(narrow).toEqual({ kind: "normal", std: 0.04 });
  expect(parameterRates(config)["blocks.0.attn.qkv.weight"]).toEqual({ learningRate: 4, weightDecay: 1 / 4 });
});

const scaledBy = async (
  params: Readonly<Record<string, Tensor>>,
  change: (name: string, value: number, row: number) => number,
) => {
  const values = await dataOf(params);
  return Object.fromEntries(
    Object.entries(params).map(([name, { shape }]) => {
      const row = values[name]!.length / shape[0]!;
      const data = values[name]!.map((value, i) => change(name, value, Math.floor(i / row)));
      return [name, { shape, data }];
    }),
  );
};

/** Queries times `factor`, of every attention: rows of a matrix and its bias, or the scale of their norm. */
const queriesTimes = (width: number, factor: number) => (name: string, value: number, row: number) => {
  const ofQuery = /q_linear|ln_q/.test(name) || (/attn\.qkv/.test(name) && row < width);
  return ofQuery ? value * factor : value;
};

describe.each(["none", "rms"] as const)("attention with query-key norm %s", (qkNorm) => {
  test.each(conditionings)("of %s is scaled by one over the width of a head", async (conditioning) => {
    const config: DitConfig = { ...setup, qkNorm, conditioning, width: 16, heads: 2 };
    const told = zeroCondition(config, 2, device);
    const x = random.normal(random.key(1), [2, 2, 4, 4]);
    const t = device.tensor([0.2, 0.9]);
    const params = await perturbed(config, device);
    // A head is 8 wide, the base's 2: √2 / 8 is half of 8^-1/2. The norm of queries takes out what comes before it.
    const muP = dit({ ...config, parameterization: { kind: "muP", baseWidth: 4 } });
    const standard = dit(config);
    const halve = queriesTimes(16, 1 / 2);
    const halved = paramsFrom(
      standard,
      await scaledBy(namedParams(params), (name, value, row) =>
        qkNorm === "rms" && !/ln_q|q_linear/.test(name) ? value : halve(name, value, row),
      ),
      device,
    );
    const [found, wanted, other] = await Promise.all([
      muP.apply(params, x, t, told).data(),
      standard.apply(halved, x, t, told).data(),
      standard.apply(params, x, t, told).data(),
    ]);
    const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    expect(far(found, wanted)).toBeLessThan(1e-5);
    expect(far(found, other)).toBeGreaterThan(1e-3);
  });

  test.each(conditionings)("of %s is that of a standard model with other queries", async (conditioning) => {
    const crosses = qkNorm === "rms" && architectures.get(conditioning).crossAttends;
    const config: DitConfig = { ...setup, qkNorm: crosses ? "rms+cross" : qkNorm, conditioning, width: 16, heads: 2 };
    const muP = dit({ ...config, parameterization: { kind: "muP", baseWidth: 6 } });
    const [params, told] = [await perturbed(config, device), zeroCondition(config, 2, device)];
    const { model, params: own } = toStandard(muP, params);
    expect(model.config).toEqual(config);
    const [x, t] = [random.normal(random.key(1), [2, 2, 4, 4]), device.tensor([0.2, 0.9])];
    const [found, wanted, other] = await Promise.all([
      model.apply(own, x, t, told).data(),
      muP.apply(params, x, t, told).data(),
      model.apply(params, x, t, told).data(),
    ]);
    const far = (a: ArrayLike<number>) =>
      Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - wanted[i]!)), 0);
    expect(far(found)).toBeLessThan(1e-5);
    expect(far(other)).toBeGreaterThan(1e-3);
    // It goes out under the official names as one that official code computes with.
    const arrays = await exportWeights(model, own, { device });
    const again = paramsFrom(model, arrays, device);
    expect(await model.apply(again, x, t, told).data()).toEqual(found);
    expect(toStandard(model, own)).toEqual({ model, params: own });
    expect(() => toStandard(dit({ ...muP.config, depth: 3 }), params)).toThrow(DitError);
  });
});

describe("what cannot be", () => {
  const config: DitConfig = { ...setup, conditioning: "inContext" };

  test("a base width that is none", () => {
    const based = (baseWidth: number) => dit({ ...config, parameterization: { kind: "muP", baseWidth } });
    expect(() => based(0)).toThrow("parameterization.baseWidth is 0; it must be an integer of at least 1.");
    expect(() => based(6)).toThrow("it must divide parameterization.baseWidth, 6.");
  });

  test("an optimizer of no family", () => {
    expect(() => parameterRates(config, "adamw" as never)).toThrow(DitError);
    expect(() => parameterRates(config, "adamw" as never)).toThrow(
      'optimizer is "adamw"; it must be one of "adam", "sgd".',
    );
  });
});

describe("a conditioning from outside", () => {
  const outside = (name: string, specs: (width: number) => Record<string, unknown>) =>
    addConditioning(
      defineConditioning({
        name,
        architecture: {
          ...{ words: "nothing but a readout", readsTime: false, readsContext: "never", takesPooled: false },
          layers: () => [],
        },
        trunk: { specs: ({ width }) => specs(width) as never, forward: (_, { image }) => image },
      }),
    );
  const config = (conditioning: string): DitConfig => ({ ...setup, conditioning: conditioning as Conditioning });

  test("gets its rates and laws from its specs", () => {
    outside("roled", (width) => ({
      lift: linearSpec("timeEmbedding", 256, width, undefined, "input"),
      mix: linearSpec("mlp", width, 2 * width),
      router: new Spec([5, width], { kind: "normal", std: 1 }, "mlp", "output"),
      experts: new Spec([5, width, 3 * width], { kind: "normal", std: 1 }, "mlp", "hidden"),
      registers: new Spec([4, width], { kind: "normal", std: 1 }, "mlp", "vector"),
    }));
    expect(trunks.names).toContain("roled");
    const specs = Object.fromEntries(namedSpecs(specsOf(resolve(wide(config("roled"), 4)))));
    const rates = parameterRates(wide(config("roled"), 4));
    const found = ["lift.weight", "lift.bias", "mix.weight", "router", "experts", "registers"].map(
      (name) => [name, rates[name]!.learningRate, specs[name]!.init] as const,
    );
    expect(found).toEqual([
      ["lift.weight", 1, { kind: "xavier", fanIn: 256, fanOut: 32 }],
      ["lift.bias", 1, { kind: "zeros" }],
      ["mix.weight", 1 / 4, { kind: "xavier", fanIn: 128, fanOut: 256 }],
      ["router", 1 / 4, { kind: "normal", std: 1 / 4 }],
      ["experts", 1 / 4, { kind: "normal", std: 1 / 2 }],
      ["registers", 1, { kind: "normal", std: 1 }],
    ]);
  });

  test.each<[string, string, (width: number) => Spec]>([
    [
      "an input that says it is hidden",
      "fan-in and fan-out",
      (d) => new Spec([d, 7], { kind: "ones" }, "mlp", "hidden"),
    ],
    [
      "an output that says it is hidden",
      "fan-in and fan-out",
      (d) => new Spec([7, d], { kind: "ones" }, "mlp", "hidden"),
    ],
    [
      "a hidden matrix that says it is an input",
      "fan-out alone",
      (d) => new Spec([d, d], { kind: "ones" }, "mlp", "input"),
    ],
    ["an input that says it is an output", "fan-in alone", (d) => new Spec([d, 7], { kind: "ones" }, "mlp", "output")],
    [
      "a matrix that says it is a vector",
      "the last side alone, or none",
      (d) => new Spec([d, d], { kind: "ones" }, "mlp", "vector"),
    ],
  ])("is refused for %s", (what, grows, spec) => {
    const name = what.replaceAll(" ", "-");
    outside(name, (width) => ({ lie: spec(width) }));
    expect(() => dit(config(name))).not.toThrow();
    expect(() => dit(wide(config(name), 2))).toThrow(DitError);
    expect(() => dit(wide(config(name), 2))).toThrow(`of which grows ${grows}. Give it the role of what it is.`);
  });
});
