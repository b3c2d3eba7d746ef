import { describe, expect, it } from "vitest";
import {
  expectOk,
  fitSchedule,
  normals,
  predictSchedule,
  type RateSchedule,
  random,
  rateSums,
  readRecord,
  readScheduleFit,
  type ScheduledCurve,
  scheduleLosses,
  scheduleOf,
  scheduleShapes,
  warmupEnd,
  writeRecord,
} from "../src/index.js";
import { lossesAt, prepare } from "../src/laws/schedule/model.js";
import { thinned } from "../src/laws/schedule/rates.js";

/** Near the fit of the paper to a model of 100M parameters; B, C for rates of this size. */
const truth = { L0: 2.65, A: 0.6, alpha: 0.45, B: 440, C: 2.1, beta: 0.6, gamma: 0.65 };
const theta = [
  Math.log(truth.L0),
  Math.log(truth.A),
  truth.alpha,
  Math.log(truth.B),
  Math.log(truth.C),
  Math.log(truth.beta),
  truth.gamma,
];

/** The rate of every step from 0 on. */
const everyStep = ({ step, rate }: RateSchedule): number[] => {
  const out: number[] = [];
  let i = 0;
  for (let t = 0; t <= step.at(-1)!; t++) {
    while (i + 1 < step.length && step[i + 1]! <= t) i++;
    const next = Math.min(i + 1, step.length - 1);
    const share = next === i || t < step[i]! ? 0 : (t - step[i]!) / (step[next]! - step[i]!);
    out.push(rate[i]! + share * (rate[next]! - rate[i]!));
  }
  return out;
};

/** Equation 1 of 2503.12811 as it stands, step by step, with the falls after the warm-up. */
const byDefinition = (rates: readonly number[], t: number, warm: number): number => {
  const sums = [0];
  for (let k = 1; k <= t; k++) sums.push(sums[k - 1]! + rates[k]!);
  let gain = 0;
  for (let k = warm + 1; k <= t; k++) {
    const fall = rates[k - 1]! - rates[k]!;
    if (fall === 0) continue;
    const x = rates[k]! > 0 ? rates[k]! ** -truth.gamma * (sums[t]! - sums[k - 1]!) : Number.POSITIVE_INFINITY;
    gain += fall * (1 - (1 + truth.C * x) ** -truth.beta);
  }
  return truth.L0 + truth.A * sums[t]! ** -truth.alpha - truth.B * gain;
};

const PEAK = 1e-3;
const cosine = scheduleOf("cosine", { steps: 6000, peak: PEAK, warmup: 300 });
const wsd = scheduleOf("wsd", { steps: 6000, peak: PEAK, warmup: 300, finalShare: 0.1 });
const constant = scheduleOf("constant", { steps: 6000, peak: PEAK, warmup: 300 });
const units = { sum: 1, rate: 1 };

const losses = (schedule: RateSchedule, steps: readonly number[]) => {
  const lossAt = lossesAt(theta, prepare(schedule, steps, units));
  return steps.map((_, i) => lossAt(i, new Float64Array(7)));
};

const every = (n: number, to = 6000) => Array.from({ length: Math.floor(to / n) }, (_, i) => n * (i + 1));

/** A curve of the law with noise in ln L. */
const curveOf = (
  schedule: RateSchedule,
  { noise = 0, seed = 0, name = "", steps = every(10) } = {},
): ScheduledCurve => {
  const normal = normals(random(seed));
  const rates = everyStep(schedule);
  return {
    name,
    step: steps,
    rate: steps.map((t) => rates[t]!),
    loss: losses(schedule, steps).map((one) => one * Math.exp(noise * normal())),
  };
};

describe("the law's sums", () => {
  it.each([
    ["cosine", cosine],
    ["wsd", wsd],
    ["a linear decay", scheduleOf("linear", { steps: 6000, peak: PEAK, warmup: 300, finalShare: 1e-3 })],
    ["a step decay", { step: [0, 300, 3000, 3001, 5000, 5001, 6000], rate: [0, PEAK, PEAK, 3e-4, 3e-4, 1e-4, 1e-4] }],
    ["a rate that rises again", { step: [0, 300, 2000, 3000, 6000], rate: [0, PEAK, 2e-4, 8e-4, 1e-4] }],
  ] as const)("%s: are those of every step, though they cost what its bends do", (_, schedule) => {
    const steps = [400, 1000, 2999, 3001, 4801, 5500, 6000];
    const rates = everyStep(schedule);
    for (const [i, loss] of losses(schedule, steps).entries())
      expect(Math.abs(loss / byDefinition(rates, steps[i]!, 300) - 1)).toBeLessThan(1e-4);
  });

  it("S is the sum of the rates of all steps, exactly", () => {
    const sums = rateSums(wsd);
    const rates = everyStep(wsd);
    for (const [i, step] of wsd.step.entries())
      expect(sums[i]).toBeCloseTo(
        rates.slice(1, step + 1).reduce((a, b) => a + b, 0),
        12,
      );
    expect(warmupEnd(wsd)).toBe(1);
    expect(warmupEnd(scheduleOf("cosine", { steps: 10, peak: 1 }))).toBe(0);
  });

  it("under a constant rate it is L0 + A S^−α", () => {
    const steps = [301, 1000, 6000];
    const sums = steps.map((t) => PEAK * (t - 300) + (PEAK * 301) / 2);
    for (const [i, loss] of losses(constant, steps).entries())
      expect(loss).toBeCloseTo(truth.L0 + truth.A * sums[i]! ** -truth.alpha, 10);
  });

  it("its gradient is that of central differences", () => {
    const prepared = prepare(wsd, [5000, 5700], units);
    const gradient = new Float64Array(7);
    lossesAt(theta, prepared)(1, gradient);
    for (let j = 0; j < 7; j++) {
      const [high, low] = [1e-6, -1e-6].map((h) =>
        lossesAt(theta.with(j, theta[j]! + h), prepared)(1, new Float64Array(7)),
      );
      expect(gradient[j]).toBeCloseTo((high! - low!) / 2e-6, 5);
    }
  });

  it("a logged schedule keeps its shape in fewer knots", () => {
    const steps = every(1);
    const rates = everyStep(cosine);
    const few = thinned({ step: steps, rate: steps.map((t) => rates[t]!) });
    expect(few.step.length).toBeLessThan(120);
    const back = everyStep(few);
    for (const t of steps.slice(few.step[0])) expect(Math.abs(back[t]! - rates[t]!)).toBeLessThan(1.01e-4 * PEAK);
  });
});

describe("fitted to a cosine and a WSD run", () => {
  it("without noise the law comes back, and the loss under other schedules", () => {
    const fit = expectOk(fitSchedule([curveOf(cosine), curveOf(wsd)]));
    expect(fit.status).toBe("converged");
    expect(fit.parameters.L0!.value).toBeCloseTo(truth.L0, 2);
    expect(fit.parameters.alpha!.value).toBeCloseTo(truth.alpha, 1);
    for (const schedule of [
      scheduleOf("linear", { steps: 12000, peak: PEAK, warmup: 300 }),
      scheduleOf("wsd", { steps: 9000, peak: PEAK, warmup: 300, decayShare: 0.4 }),
    ]) {
      const end = schedule.step.at(-1)!;
      const { loss } = expectOk(predictSchedule(fit, schedule)).predicted;
      expect(loss!.value / losses(schedule, [end])[0]! - 1).toBeCloseTo(0, 3);
    }
  });

  it("with noise the interval of a third schedule's last loss holds it, spikes or not", () => {
    const third = scheduleOf("linear", { steps: 8000, peak: PEAK, warmup: 300, finalShare: 0 });
    const [target] = losses(third, [8000]);
    let held = 0;
    const worlds = 20;
    for (let seed = 0; seed < worlds; seed++) {
      const curves = [cosine, wsd].map((schedule, i) => {
        const curve = curveOf(schedule, { noise: 0.004, seed: 2 * seed + i, steps: every(60) });
        return { ...curve, loss: curve.loss.map((loss, n) => (n % 37 === 5 ? loss * 1.5 : loss)) };
      });
      const fit = expectOk(fitSchedule(curves));
      const { value, ci95 } = expectOk(predictSchedule(fit, third)).predicted.loss!;
      expect(Math.abs(value / target! - 1)).toBeLessThan(0.02);
      held += +(ci95![0] <= target! && target! <= ci95![1]);
    }
    expect(held / worlds).toBeGreaterThanOrEqual(0.85);
  }, 60_000);

  it("an unfinished run is predicted to its end from the part that is there and another run", () => {
    const { step, rate, loss } = curveOf(wsd, { noise: 0.002, seed: 3 });
    const begun = { step: step.slice(0, 300), rate: rate.slice(0, 300), loss: loss.slice(0, 300) };
    const fit = expectOk(fitSchedule([begun, curveOf(cosine, { noise: 0.002, seed: 4 })]));
    const { value, ci95, interval95 } = expectOk(predictSchedule(fit, wsd)).predicted.loss!;
    const [target] = losses(wsd, [6000]);
    expect(Math.abs(value / target! - 1)).toBeLessThan(0.01);
    expect(interval95![1] - interval95![0]).toBeGreaterThan(ci95![1] - ci95![0]);
  });

  it("points that drift together count for less", () => {
    const curves = [cosine, wsd].map((schedule) => curveOf(schedule, { steps: every(40) }));
    const white = (seed: number) => {
      const normal = normals(random(seed));
      return () => 0.003 * normal();
    };
    const red = (seed: number) => {
      const next = white(seed);
      let state = 0;
      return () => {
        state = 0.9 * state + Math.sqrt(1 - 0.81) * next();
        return state;
      };
    };
    const noisy = (noise: typeof white) =>
      expectOk(
        fitSchedule(
          curves.map((curve, i) => {
            const next = noise(i);
            return { ...curve, loss: curve.loss.map((one) => one * Math.exp(next())) };
          }),
        ),
      );
    const [plain, drifting] = [noisy(white), noisy(red)];
    expect(plain.autocorrelation).toBeLessThan(0.3);
    expect(drifting.autocorrelation).toBeGreaterThan(0.6);
    expect(drifting.degreesOfFreedom).toBeLessThan(plain.degreesOfFreedom / 3);
  });
});

describe("what cannot be known is said", () => {
  it("a rate that never falls leaves decay unknown: constant rates are predicted, others refused", () => {
    const fit = expectOk(fitSchedule([curveOf(constant, { noise: 0.001 })]));
    expect(fit).toMatchObject({ status: "unidentified", message: expect.stringContaining("no rate falls") });
    expect(Object.keys(fit.parameters)).toEqual(["L0", "A", "alpha"]);
    const { value: alpha, standardError } = fit.parameters.alpha!;
    expect(Math.abs(alpha - truth.alpha)).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.05);
    const longer = scheduleOf("constant", { steps: 20000, peak: PEAK, warmup: 300 });
    const { loss } = expectOk(predictSchedule(fit, longer)).predicted;
    expect(loss!.value / losses(longer, [20000])[0]! - 1).toBeCloseTo(0, 2);
    expect(predictSchedule(fit, wsd)).toMatchObject({ ok: false, reason: "unidentified" });
  });

  it("too few points, and what is no curve", () => {
    const { step, rate, loss } = curveOf(wsd, { steps: every(1000) });
    expect(fitSchedule([{ step, rate, loss }])).toMatchObject({ ok: false, reason: "too-few-points" });
    expect(() => fitSchedule([{ step: [1, 1], rate: [1, 1], loss: [1, 1] }])).toThrow(
      "row 2: step of curve 1 is 1; expected steps of at least 0 that ascend",
    );
    expect(() => fitSchedule([{ step: [1, 2], rate: [1, -1], loss: [1, 1] }])).toThrow("rate of curve 1 is -1");
    expect(() => fitSchedule([{ step: [1, 2], rate: [0, 0], loss: [1, 1] }])).toThrow("every rate of curve 1 is 0");
    expect(() => fitSchedule([{ name: "a", step: [1, 2], rate: [1, 1], loss: [1, 0] }])).toThrow(
      "row 2: loss of a is 0",
    );
    expect(() => fitSchedule([], { delta: 0 })).toThrow("delta is 0; expected a number above 0");
  });

  it("steps outside a schedule, and shapes that are none", () => {
    const fit = expectOk(fitSchedule([curveOf(constant, { noise: 0.001 })]));
    expect(() => scheduleLosses(fit, constant, [7000])).toThrow(
      "steps is 7000; expected steps that ascend from above 0 to 6000",
    );
    expect(() => scheduleOf("cosin", { steps: 10, peak: 1 })).toThrow(
      'the schedule is "cosin"; expected one of constant, cosine, linear, wsd',
    );
    expect(() => scheduleOf("wsd", { steps: 10, peak: 1, warmup: 10 })).toThrow("warmup is 10");
    expect(() => scheduleOf("wsd", { steps: 10, peak: 1, decayShare: 0 })).toThrow("decayShare is 0");
    for (const name of scheduleShapes.names)
      expect(scheduleOf(name, { steps: 100, peak: 2, warmup: 10 }).rate[1]).toBe(2);
  });

  it("a record survives JSON, and an edited one is named", () => {
    const { ok: _, ...fit } = expectOk(
      fitSchedule([curveOf(cosine, { noise: 0.002 }), curveOf(wsd, { noise: 0.002, seed: 1 })]),
    );
    expect(readRecord(writeRecord(fit))).toEqual(fit);
    const edited = JSON.parse(writeRecord(fit)) as { curves: { loss: number[] }[] };
    edited.curves[1]!.loss.pop();
    expect(() => readScheduleFit(edited, "fit")).toThrow("fit.curves[1].loss is a list of");
  });
});
