import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  conventions,
  devices,
  estimate,
  evaluate,
  FlopsError,
  flops,
  isoFlopGrid,
  ladder,
  ladderRules,
  mfu,
  nearest,
  paperBudgets,
  paperGrid,
  paperHeldOutBudget,
  paperLadder,
  paperLaws,
  paperSetup,
  parameters,
  roofline,
  sixND,
  tokensPerSample,
  training,
  within,
} from "../src/index.js";

const sizes = paperLadder.map(({ config }) => parameters(config).trainable);

describe("the paper's ladder", () => {
  test("runs from 1 M to 1 B parameters without a gap above a factor of 2", () => {
    expect(sizes[0]).toBeGreaterThan(0.9e6);
    expect(sizes[0]).toBeLessThan(1.3e6);
    expect(sizes.at(-1)).toBeGreaterThan(0.95e9);
    expect(sizes.at(-1)).toBeLessThan(1.05e9);
    for (const [i, n] of sizes.entries()) if (i > 0) expect(n / sizes[i - 1]!).toBeLessThan(2);
    for (const [i, n] of sizes.entries()) if (i > 0) expect(n).toBeGreaterThan(sizes[i - 1]!);
  });

  test("256 image tokens, one rule for depth and heads", () => {
    for (const { config } of paperLadder) {
      expect(tokensPerSample(config)).toBe(256);
      expect(Math.abs(config.depth - config.width / 64)).toBeLessThanOrEqual(0.5);
      expect([32, 64]).toContain(config.width / config.heads);
    }
  });

  test("every budget has at least seven sizes within a factor of 4 of the paper's optimum", () => {
    for (const budget of paperBudgets) {
      const near = within(paperLadder, evaluate(paperLaws.parameters, budget), 4);
      expect(near.length).toBeGreaterThanOrEqual(7);
    }
  });

  test("the printed law gives 965 M parameters at 1.5e21 (the paper says 958.3 M), and the ladder has that size within 5 %", () => {
    const asked = evaluate(paperLaws.parameters, paperHeldOutBudget);
    expect((asked / 1e6).toFixed(0)).toBe("965");
    expect(within(paperLadder, asked, 1.05)).toHaveLength(1);
  });
});

describe("an isoFLOP grid", () => {
  const models = ladder(paperSetup, [160, 256, 512], ladderRules.sd3);
  const plan = isoFlopGrid({ budgets: [1e17, 1e18], models, batch: 1024 });

  test("spends its budget to half a step", () => {
    expect(plan.runs).toHaveLength(6);
    for (const run of plan.runs) {
      const perStep = 1024 * flops(training(run.config).total);
      expect(run.flops).toBe(run.steps * perStep);
      expect(Math.abs(run.flops - run.budget)).toBeLessThanOrEqual(perStep / 2);
      expect(run.roundingError).toBe(run.flops / run.budget - 1);
      expect(run.tokens).toBe(run.steps * 1024 * 256);
      expect(run.sixND).toBe(sixND(run.params, run.tokens));
    }
  });

  test("says which N and D it means", () => {
    expect([plan.n, plan.convention.tokens]).toEqual(["trainable", "image"]);
    const all = isoFlopGrid({
      budgets: [1e17],
      models,
      batch: 1024,
      n: "withoutModulation",
      convention: { ...conventions.exact, tokens: "all" },
    });
    expect(all.runs[0]!.tokens / plan.runs[0]!.tokens).toBeCloseTo(377 / 256, 12);
    expect(all.runs[0]!.params).toBe(parameters(models[0]!.config).withoutModulation);
  });

  test("refuses a run that a budget cannot pay for, with its steps", () => {
    const { runs, refused } = isoFlopGrid({ budgets: [1e14], models, batch: 1024, minSteps: 10 });
    expect(runs.length + refused.length).toBe(3);
    expect(refused.at(-1)).toMatchObject({ budget: 1e14, name: "inContext-512x8" });
    for (const { steps, stepFlops, budget } of refused) {
      expect(steps).toBeLessThan(10);
      expect(steps * stepFlops).toBeCloseTo(budget, -3);
    }
  });

  test("one batch for all models of a budget, which may follow the budget", () => {
    const { runs } = isoFlopGrid({ budgets: [1e17, 1e18], models, batch: (budget) => (budget > 5e17 ? 1024 : 256) });
    expect(runs.map(({ batch }) => batch)).toEqual([256, 256, 256, 1024, 1024, 1024]);
    expect(runs.slice(3)).toEqual(plan.runs.slice(3));
  });

  test("the models may follow the budget", () => {
    const { runs } = isoFlopGrid({
      budgets: paperBudgets,
      batch: 256,
      models: (budget) => within(paperLadder, evaluate(paperLaws.parameters, budget), 2),
    });
    for (const { params: n, budget } of runs) {
      expect(Math.abs(Math.log2(n / evaluate(paperLaws.parameters, budget)))).toBeLessThanOrEqual(1);
    }
  });

  test("the relative error of rounding is at most half a step's share", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e15, max: 1e20, noNaN: true }),
        fc.integer({ min: 1, max: 4096 }),
        (budget, batch) => {
          for (const run of isoFlopGrid({ budgets: [budget], models, batch }).runs) {
            expect(Math.abs(run.roundingError)).toBeLessThanOrEqual(0.5 / (run.steps - 0.5) + 1e-12);
          }
        },
      ),
      { seed: 4 },
    );
  });

  test("bad input names the field", () => {
    expect(() => isoFlopGrid({ budgets: [], models, batch: 1 })).toThrow(/budgets is empty/);
    expect(() => isoFlopGrid({ budgets: [1e17, -1], models, batch: 1 })).toThrow(/budgets\[1\] is -1/);
    expect(() => isoFlopGrid({ budgets: [1e17], models, batch: 0 })).toThrow(/batch is 0/);
    expect(() => isoFlopGrid({ budgets: [1e17], models, batch: 1, convention: conventions.paper2023 })).toThrow(
      /charges elements/,
    );
    expect(() => within(models, 1e6, 1)).toThrow(/factor is 1/);
  });
});

describe("time, money and energy", () => {
  const h100 = devices["H100-SXM"];

  test("one device-hour at full use", () => {
    const hour = 3600 * h100.peak.bf16;
    const one = estimate({ flops: hour, device: h100, arithmetic: "bf16", mfu: 1 });
    expect(one).toEqual({ seconds: 3600, deviceHours: 1, dollars: { low: 2.5, high: 5 }, kilowattHours: 0.7 });
    const eight = estimate({
      flops: hour,
      device: h100,
      arithmetic: "bf16",
      mfu: 0.4,
      devices: 8,
      powerUsageEffectiveness: 1.2,
    } as const);
    expect(eight.seconds).toBeCloseTo(3600 / 0.4 / 8, 9);
    expect(eight.deviceHours).toBeCloseTo(2.5, 12);
    expect(eight.kilowattHours).toBeCloseTo(0.7 * 1.2 * 2.5, 12);
  });

  test("utilisation gives the time back", () => {
    const { seconds } = estimate({ flops: 1e18, device: h100, arithmetic: "bf16", mfu: 0.37, devices: 4 });
    expect(mfu({ flops: 1e18, seconds, device: h100, arithmetic: "bf16", devices: 4 })).toBeCloseTo(0.37, 12);
  });

  test("PaLM: 46.2 % from 238.3 k tokens a second on 6,144 TPU v4", () => {
    const tpu = { name: "TPU v4", peak: { bf16: 275e12 }, memory: 32e9, bandwidth: 1.2e12 };
    const device = { ...tpu, source: { title: "PaLM appendix B", date: "2022" } };
    const perToken = 6 * 540.35e9 + 12 * 118 * 48 * 256 * 2048;
    const used = mfu({ flops: 238.3e3 * perToken, seconds: 1, device, arithmetic: "bf16", devices: 6144 });
    expect((100 * used).toFixed(1)).toBe("46.2");
  });

  test("a device without a price or power has no cost or energy", () => {
    const { price, watts, ...bare } = h100;
    const result = estimate({ flops: 1e18, device: bare, arithmetic: "bf16", mfu: 0.5 });
    expect(Object.keys(result)).toEqual(["seconds", "deviceHours"]);
    expect([price.source.date, watts]).toEqual(["2026-05", 700]);
  });

  /** 45 % of 16 devices is 7.27 of one: the tokens of all of them against the peak of one. */
  test("a utilisation above 1 is refused, with what is likely wrong", () => {
    const run = { flops: 6.89e18, seconds: 48_600, device: devices["A100-80GB-SXM"], arithmetic: "bf16" } as const;
    expect(mfu(run)).toBeCloseTo(0.4544, 4);
    const all = { ...run, flops: 16 * run.flops };
    expect(() => mfu(all)).toThrow(FlopsError);
    expect(() => mfu(all)).toThrow(/mfu is 7.27, .* in 48600 s on 1 × NVIDIA A100 80GB SXM .*tokens of all devices/);
    expect(mfu({ ...all, devices: 16 })).toBeCloseTo(0.4544, 4);
  });

  test("full use is 1, whatever the rounding", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e9, max: 1e25, noNaN: true }), fc.integer({ min: 1, max: 9999 }), (work, many) => {
        const { seconds } = estimate({ flops: work, device: h100, arithmetic: "bf16", mfu: 1, devices: many });
        const used = mfu({ flops: work, seconds, device: h100, arithmetic: "bf16", devices: many });
        expect(used).toBeGreaterThan(1 - 1e-12);
        expect(used).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("roofline: compute-bound above the ridge, memory-bound below", () => {
    const ridge = h100.peak.bf16 / h100.bandwidth;
    expect(roofline(h100, "bf16", 2 * ridge * 1e9, 1e9).boundBy).toBe("compute");
    expect(roofline(h100, "bf16", 0.5 * ridge * 1e9, 1e9)).toMatchObject({ boundBy: "memory", seconds: 1e9 / 3.35e12 });
  });

  test("bad input names the field", () => {
    const run = { flops: 1e18, device: devices.T4, arithmetic: "bf16", mfu: 0.5 } as const;
    expect(() => estimate(run)).toThrow(/NVIDIA T4 has no peak for bf16; its entry has f32, f16/);
    expect(() => estimate({ ...run, arithmetic: "f16", mfu: 40 })).toThrow(/mfu is 40/);
    const { mfu: _, ...measured } = run;
    expect(() => mfu({ ...measured, arithmetic: "f16", seconds: 0 })).toThrow(/seconds is 0/);
  });

  test("every entry of the table is whole and dated", () => {
    for (const device of Object.values(devices)) {
      expect(device.source.date).toMatch(/^20\d\d(-\d\d)?$/);
      expect(device.memory).toBeGreaterThan(8e9);
      expect(Object.values(device.peak).every((rate) => rate > 1e12)).toBe(true);
    }
  });
});

describe("the paper's grid", () => {
  const { fitted, heldOut } = paperGrid();

  test("has at least three sizes to either side of each optimum, and one at the held-out budget, the nearest", () => {
    for (const budget of paperBudgets) {
      const optimum = evaluate(paperLaws.parameters, budget);
      const sizes = fitted.filter((run) => run.budget === budget).map(({ params }) => params);
      for (const size of sizes) expect(Math.abs(Math.log(size / optimum))).toBeLessThanOrEqual(Math.log(4));
      for (const side of [-1, 1])
        expect(sizes.filter((size) => side * (size - optimum) > 0).length).toBeGreaterThanOrEqual(3);
    }
    expect(heldOut).toHaveLength(1);
    expect(heldOut[0]!.params).toBe(
      parameters(nearest(paperLadder, evaluate(paperLaws.parameters, paperHeldOutBudget)).config).trainable,
    );
  });

  test("says what each run needs: more than sixteen bytes per parameter, and activations that no batch changes", () => {
    for (const { memory, params } of fitted) expect(memory.state).toBeGreaterThan(16 * params);
    expect(paperGrid(256).fitted.map(({ memory }) => memory)).toEqual(fitted.map(({ memory }) => memory));
  });
});
