import { conditionings, type DitConfig, type ResolvedExperts, resolve } from "@isoflop/flops";
import {
  concat,
  createDevice,
  type Device,
  linear,
  mean,
  random,
  slice,
  softmax,
  square,
  type Tensor,
  valueAndGrad,
} from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { feedForward, type GeluMlp, type Mlp } from "../src/block.js";
import { feedForwardSpecs, type Mixture, mix } from "../src/experts.js";
import { type DitParams, dit, type NamedArray, namedParams, paramsFrom } from "../src/index.js";
import { build } from "../src/spec.js";
import { zeroCondition } from "./configs.js";
import { perturbed } from "./perturbed.js";

const [device, reference] = [await createDevice("wasm"), await createDevice("reference")];

/** Experts of the default MLP. */
const gelu = (mlp: Mlp) => mlp as GeluMlp;

const setup = {
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  context: { kind: "words", tokens: 3, vocabulary: 5 },
} as const;
const d = setup.width;
const x = random.normal(random.key(7), [2, 2, 4, 6]);
const t = device.tensor([0.2, 0.7]);
const ids = device.tensor(Int32Array.of(1, 2, 0, 4, 4, 0), [2, 3]);

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const experts = (count: number, active: number, capacity = count): ResolvedExperts => ({
  ...{ count, active, capacity, every: 1 },
});

/** A mixture of random weights. */
const mixtureOf = (count: number, on: Device = device): Mixture => {
  const config = resolve({ ...setup, conditioning: "adaLN", experts: { count, active: 1 } });
  let seed = 100;
  const leaf = (shape: readonly number[]) => random.normal(random.key(seed++), shape).mul(0.4);
  const made = build<Mixture>(feedForwardSpecs(config, 0) as never, ({ shape }) => leaf(shape));
  on.evaluate(made);
  return made;
};

/** A router that sends each token to the expert in which its first numbers are large. */
const byFirst = (count: number, on: Device = device): Tensor =>
  on.tensor(
    Float32Array.from({ length: count * d }, (_, i) => (i % d === Math.floor(i / d) ? 1 : 0)),
    [count, d],
  ) as Tensor;

/** Tokens [1, T, d] whose choices, best first, are those of a row each. */
const choosing = (rows: readonly (readonly number[])[], on: Device = device): Tensor => {
  const data = new Float32Array(rows.length * d).map((_, i) => Math.sin(i) / 4);
  for (const [token, row] of rows.entries()) {
    data.fill(-3, token * d, token * d + 4);
    for (const [rank, expert] of row.entries()) data[token * d + expert] = 3 - rank;
  }
  return on.tensor(data, [1, rows.length, d]) as Tensor;
};

describe.each(conditionings)("%s", (conditioning) => {
  const config: DitConfig = { ...setup, depth: conditioning === "mmDit" ? 2 : 1, conditioning };

  test("of one expert is the dense model to the bit", async () => {
    const one = dit({ ...config, experts: { count: 1, active: 1 } });
    const params = await perturbed(config, device);
    const arrays: Record<string, NamedArray> = {};
    for (const [name, leaf] of Object.entries(namedParams(params))) {
      const to = name.replace(/\.mlp\.fc/, ".mlp.experts.0.fc");
      arrays[/blocks/.test(name) ? to : name] = { shape: leaf.shape, data: (await leaf.data()) as Float32Array };
    }
    for (const name of Object.keys(arrays).filter((each) => each.includes("experts.0.fc1.weight")))
      arrays[name.replace("experts.0.fc1", "router")] = { shape: [1, d], data: new Float32Array(d).fill(0.3) };
    const mixed = await one.apply(paramsFrom(one, arrays, device), x, t, ids).data();
    expect(Array.from(mixed)).toEqual(Array.from(await dit(config).apply(params, x, t, ids).data()));
  });

  test("of experts: samples do not see each other, a word outside its table gives NaN, checkpoints change nothing", async () => {
    const given: DitConfig = { ...config, experts: { count: 3, active: 2, capacity: 0.6 } };
    const [model, params] = [dit(given), await perturbed(given, device)];
    const together = await model.apply(params, x, t, ids).data();
    const apart = [0, 1].map((i) => model.apply(params, slice(x, [i]), slice(t, [i]), slice(ids, [i])));
    expect(largest(together, await concat(apart).data())).toBeLessThan(1e-4);
    const odd = await model.apply(params, x, t, device.tensor(Int32Array.of(1, 2, 0, 4, 9, 0), [2, 3])).data();
    expect(odd.at(-1)).toBeNaN();
    expect(Array.from(odd.subarray(0, 48))).toEqual(Array.from(together.subarray(0, 48)));

    const gradients = await Promise.all(
      (["none", "blocks"] as const).map(async (checkpointing) => {
        const balance: Tensor[] = [];
        const onActivation = (name: string, value: Tensor): undefined => {
          if (name.endsWith(".balance")) balance.push(value);
        };
        const loss = (p: DitParams) => {
          const out = dit(given, { checkpointing }).apply(p, x, t, ids, { onActivation });
          return mean(square(out)).add(balance.reduce((a, b) => a.add(b)));
        };
        const { gradient } = valueAndGrad(loss)(params);
        device.evaluate(gradient);
        expect(balance).toHaveLength(conditioning === "mmDit" ? 3 : 1);
        const leaves = Object.entries(namedParams(gradient)).filter(([name]) => name.includes(".router."));
        return Promise.all(leaves.map(async ([, leaf]) => Array.from(await leaf.data())));
      }),
    );
    expect(gradients[1]).toEqual(gradients[0]);
    for (const leaf of gradients[0]!) expect(leaf.some((value) => value !== 0)).toBe(true);
  });
});

describe("a mixture", () => {
  const tokens = random.normal(random.key(5), [2, 6, d]);

  test("of all experts with equal gates is their mean", async () => {
    const { experts: all } = mixtureOf(3);
    const router = { weight: device.tensor(new Float32Array(3 * d), [3, d]) as Tensor };
    const { out } = mix({ router, experts: all }, tokens, experts(3, 3));
    const expected = all
      .map((each) => feedForward(each, tokens))
      .reduce((a, b) => a.add(b))
      .div(3);
    expect(largest(await out.data(), await expected.data())).toBeLessThan(1e-5);
  });

  test("sums its active experts by their share of a softmax over all", async () => {
    const params: Mixture = { ...mixtureOf(4), router: { weight: byFirst(4) } };
    const choices = [
      [2, 0],
      [1, 3],
      [2, 1],
      [0, 2],
    ];
    const given = choosing(choices);
    const { out } = mix(params, given, experts(4, 2));
    const gates = await softmax(linear(given, params.router.weight)).data();
    const every = await Promise.all(params.experts.map((each) => feedForward(each, given).data()));
    const expected = choices.flatMap((row, token) =>
      Array.from({ length: d }, (_, i) =>
        row.reduce((total, e) => total + gates[token * 4 + e]! * every[e]![token * d + i]!, 0),
      ),
    );
    expect(largest(await out.data(), expected)).toBeLessThan(1e-5);
  });

  test("gives 0 to a token that finds no room: first choices before second ones, earlier tokens before later", async () => {
    const params: Mixture = { ...mixtureOf(4), router: { weight: byFirst(4) } };
    // Room for ceil(0.75 · 2 · 4 / 4) = 2 tokens in each expert.
    const given = choosing([
      [2, 0],
      [0, 2],
      [2, 1],
      [2, 0],
    ]);
    const { out } = mix(params, given, experts(4, 2, 0.75));
    // Expert 2: tokens 0 and 2 by their first choice; token 3 and the second choice of token 1 find none. Expert 0: token 1, then token 0.
    const kept = [[2, 0], [0], [2, 1], []];
    const gates = await softmax(linear(given, params.router.weight)).data();
    const every = await Promise.all(params.experts.map((each) => feedForward(each, given).data()));
    const expected = kept.flatMap((row, token) =>
      Array.from({ length: d }, (_, i) =>
        row.reduce((total, e) => total + gates[token * 4 + e]! * every[e]![token * d + i]!, 0),
      ),
    );
    const values = await out.data();
    expect(largest(values, expected)).toBeLessThan(1e-5);
    expect(values.subarray(3 * d).every((value) => value === 0)).toBe(true);
  });

  test("of equal probabilities chooses the first experts", async () => {
    const { experts: all } = mixtureOf(3);
    const router = { weight: device.tensor(new Float32Array(3 * d), [3, d]) as Tensor };
    const { out } = mix({ router, experts: all }, tokens, experts(3, 2));
    const expected = feedForward(all[0]!, tokens).add(feedForward(all[1]!, tokens)).div(3);
    expect(largest(await out.data(), await expected.data())).toBeLessThan(1e-5);
  });

  test("has a gradient for all that took part, as finite differences have it", async () => {
    const params: Mixture = { ...mixtureOf(4, reference), router: { weight: byFirst(4, reference) } };
    const given = choosing(
      [
        [2, 0],
        [0, 2],
        [2, 1],
        [2, 0],
      ],
      reference,
    );
    const loss = (p: Mixture, tokens: Tensor) => {
      const { out, balance } = mix(p, tokens, experts(4, 2, 0.75));
      return mean(square(out)).add(balance);
    };
    const { gradient } = valueAndGrad((both: { p: Mixture; tokens: Tensor }) => loss(both.p, both.tokens))({
      p: params,
      tokens: given,
    });
    const step = 1e-2;
    const shifted = async (leaf: Tensor, at: number, by: number) => {
      const data = Float64Array.from(await leaf.data());
      data[at]! += by;
      return reference.tensor(Float32Array.from(data), leaf.shape) as Tensor;
    };
    const slope = async (f: (leaf: Tensor) => Tensor, leaf: Tensor, at: number) => {
      const [up, down] = await Promise.all([step, -step].map(async (by) => f(await shifted(leaf, at, by)).item()));
      return (up! - down!) / (2 * step);
    };
    const withExpert = (e: number) => (weight: Tensor) =>
      loss(
        {
          ...params,
          experts: params.experts.map((each, i) => (i === e ? { ...each, fc1: { ...gelu(each).fc1, weight } } : each)),
        },
        given,
      );
    for (const at of [0, 5, d + 2, 2 * d + 1])
      expect(
        await slope((weight) => loss({ ...params, router: { weight } }, given), params.router.weight, at),
      ).toBeCloseTo((await gradient.p.router.weight.data())[at]!, 2);
    for (const e of [0, 2])
      expect(await slope(withExpert(e), gelu(params.experts[e]!).fc1.weight, 7)).toBeCloseTo(
        (await gelu(gradient.p.experts[e]!).fc1.weight.data())[7]!,
        2,
      );
    // Nobody chose expert 3, and token 3 found no room: what moves it is the balance alone.
    expect((await gelu(gradient.p.experts[3]!).fc1.weight.data()).every((value) => value === 0)).toBe(true);
    for (const at of [4, d + 6, 3 * d])
      expect(await slope((tokens) => loss(params, tokens), given, at)).toBeCloseTo(
        (await gradient.tokens.data())[at]!,
        2,
      );
  });

  test("gives the same on every backend", async () => {
    const [ours, theirs] = await Promise.all(
      [device, reference].map(async (on) => {
        const given = on.tensor(await tokens.data(device), tokens.shape) as Tensor;
        return mix(mixtureOf(4, on), given, experts(4, 2, 0.7)).out.data();
      }),
    );
    expect(largest(ours!, theirs!)).toBeLessThan(1e-5);
  });
});

describe("the load-balance loss", () => {
  const loss = (rows: readonly (readonly number[])[], active: number, scale: number, lengths?: Tensor) => {
    const router = { weight: byFirst(4).mul(scale) as Tensor };
    return mix({ ...mixtureOf(4), router }, choosing(rows), experts(4, active), lengths).balance.item();
  };

  test("is 1 where every expert is chosen alike, and the experts' number where one has it all", async () => {
    expect(await loss([[0], [1], [2], [3]], 1, 1)).toBeCloseTo(1, 6);
    expect(
      await loss(
        [
          [0, 1],
          [1, 2],
          [2, 3],
          [3, 0],
        ],
        2,
        1,
      ),
    ).toBeCloseTo(1, 6);
    expect(await loss([[2], [2], [2], [2]], 1, 20)).toBeCloseTo(4, 5);
    // Equal probabilities, whoever is chosen.
    expect(await loss([[2], [2], [2], [2]], 1, 0)).toBeCloseTo(1, 6);
  });

  test("looks at the tokens that count, before any is turned away", async () => {
    const rows = [[0], [1], [2], [3], [3], [3]];
    const [few, all] = [await loss(rows, 1, 1, device.tensor(Int32Array.of(4), [1]) as Tensor), await loss(rows, 1, 1)];
    expect(few).toBeCloseTo(1, 6);
    expect(all).toBeGreaterThan(1.1);
  });
});

test.each(["inContext", "crossAttention", "adaLNZero", "adaLNSingle", "mmDit"] as const)(
  "padding takes no room of %s",
  async (conditioning) => {
    const context = { kind: "features", tokens: 4, dim: 5, masked: true } as const;
    const config: DitConfig = { ...setup, conditioning, context, experts: { count: 3, active: 2, capacity: 0.5 } };
    const [model, params] = [dit(config), await perturbed(config, device)];
    const run = async (junk: number) => {
      const tokens = Float32Array.from({ length: 40 }, (_, i) => (i >= 5 && i < 20 ? junk : Math.sin(i)));
      const lengths = device.tensor(Int32Array.of(1, 4), [2]);
      return Array.from(await model.apply(params, x, t, { tokens: device.tensor(tokens, [2, 4, 5]), lengths }).data());
    };
    expect(await run(Number.NaN)).toEqual(await run(0));
  },
);

test("which blocks have experts, under which names", () => {
  const config: DitConfig = { ...setup, depth: 4, conditioning: "adaLN", experts: { count: 2, active: 1, every: 2 } };
  const names = Object.keys(namedParams(dit(config).init(random.key(1)))).filter((name) => name.includes(".mlp."));
  const mlp = ["fc1.bias", "fc1.weight", "fc2.bias", "fc2.weight"];
  expect(names.filter((name) => name.startsWith("blocks")).sort()).toEqual(
    [0, 1, 2, 3].flatMap((i) =>
      i % 2 === 0
        ? mlp.map((each) => `blocks.${i}.mlp.${each}`)
        : [
            ...[0, 1].flatMap((e) => mlp.map((each) => `blocks.${i}.mlp.experts.${e}.${each}`)),
            `blocks.${i}.mlp.router.weight`,
          ],
    ),
  );
  expect(() => dit({ ...config, experts: { count: 2, active: 3 } })).toThrow(/experts.active is 3/);
  const condition = zeroCondition(config, 2, device);
  const dense = dit({ ...setup, depth: 4, conditioning: "adaLN" }).init(random.key(1));
  expect(() => dit(config).apply(dense as DitParams, x, t, condition)).toThrow(/experts.*is missing/s);
});
