import { createDevice, log, mean, random, Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  autoguidance,
  bitsPerDimension,
  carried,
  carriedInputs,
  classifierFreeGuidance,
  convert,
  convertBins,
  convertLosses,
  cosinePath,
  cosmap,
  DiffusionError,
  type DiscretizedOptions,
  ddim,
  ddpm,
  defineDensity,
  definePath,
  denoiser,
  densityOn,
  discreteBound,
  discretePath,
  discretizedGaussianLogLikelihood,
  dopri5,
  dpmSolver,
  dpmSolverMultistep,
  dpmSolverPP,
  draws,
  edm,
  edmInputs,
  edmPath,
  edmStochastic,
  edmWeighting,
  effectiveWeight,
  euler,
  eulerMaruyama,
  exponentialGrid,
  fromSiT,
  heun,
  iddpmGrid,
  interpolate,
  karrasGrid,
  likelihood,
  linearPath,
  lms,
  logitNormal,
  logNormalSigma,
  logSnrGrid,
  logVariance,
  loss,
  lossFactor,
  minSnr,
  mode,
  numbers,
  type Objective,
  objective,
  objectiveOf,
  objectiveOn,
  posterior,
  quadraticGrid,
  quantiles,
  rectifiedFlow,
  respaced,
  rk4,
  sample,
  sampler,
  shifted,
  shiftedGrid,
  shiftForTokens,
  shiftTime,
  sigmoidWeighting,
  softMinSnr,
  spacedIndices,
  stratified,
  translated,
  truncatedNormalDequantization,
  uncertain,
  uniform,
  uniformDequantization,
  uniformGrid,
  uniformTimes,
  uniPC,
  unweightedIn,
  variationalBound,
  veInputs,
  vePath,
  vpPath,
} from "../src/index.js";

const device = await createDevice("wasm");
const shape = [2, 3] as const;
const batch = {
  x: random.normal(random.key(0), shape),
  noise: random.normal(random.key(1), shape),
  t: device.tensor([0.2, 0.8]),
};
const still = (x: Tensor): Tensor => x.mul(0);
/** What a user without types hands over. */
const loose = (value: unknown): never => value as never;
const flow = rectifiedFlow();

const refusal = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(DiffusionError);
    return (error as DiffusionError).message;
  }
  return "nothing was refused";
};

const binned = (options: DiscretizedOptions) =>
  discretizedGaussianLogLikelihood(numbers, 0, { mean: 0, logScale: 0 }, options);
const bits = ({ dimensions }: { readonly dimensions: number }) =>
  bitsPerDimension({ nats: Float64Array.of(1), dimensions, of: "density" });

const numberMistakes: [name: string, call: (value: number) => unknown, right: string][] = [
  ["logitNormal mean", (mean) => logitNormal({ mean }), "finite"],
  ["logitNormal std", (std) => logitNormal({ std }), "finite"],
  ["mode", (scale) => mode({ scale }), "a finite number of at least -1 and of at most 1.75"],
  ["vpPath", (betaMax) => vpPath({ betaMax }), "finite number above 0"],
  ["minSnr", (gamma) => minSnr(gamma), "finite number above 0"],
  ["softMinSnr", (sigmaData) => softMinSnr(sigmaData), "finite number above 0"],
  ["edmWeighting", (sigmaData) => edmWeighting(sigmaData), "finite number above 0"],
  ["sigmoidWeighting", (bias) => sigmoidWeighting(bias), "finite number"],
  ["shifted", (by) => shifted(uniform(), by), "finite number above 0"],
  ["shiftTime by", (by) => shiftTime(0.5, by), "finite number above 0"],
  ["shiftTime t", (t) => shiftTime(t, 3), "of at least 0 and of at most 1"],
  ["shiftForTokens", (tokens) => shiftForTokens(tokens), "whole number of at least 1"],
  ["uniformTimes steps", (steps) => uniformTimes(steps), "whole number of at least 1"],
  ["uniformTimes shift", (shift) => uniformTimes(4, shift), "finite number above 0"],
  ["stratified", (n) => stratified(uniform(), n, random.key(0)), "whole number of at least 1"],
  ["draws", (n) => draws(uniform(), n, random.key(0)), "whole number of at least 1"],
  ["quantiles n", (n) => quantiles(uniform(), n), "whole number of at least 1"],
  ["quantiles offset", (offset) => quantiles(uniform(), 2, offset), "of at least 0 and of at most 1"],
  ["quantile", (u) => mode().quantile(u), "of at least 0 and of at most 1"],
  ["pdf", (t) => logitNormal().pdf(t), "finite number"],
  ["path", (t) => linearPath().at(t), "of at least 0 and of at most 1"],
  ["convert", (t) => convert(linearPath(), { from: "noise", to: "data" }, 1, 1, t), "of at least 0 and of at most 1"],
  ["effectiveWeight", (t) => effectiveWeight(flow, t), "of at least 0 and of at most 1"],
  ["guidance scale", (scale) => classifierFreeGuidance(still, { scale }), "finite number"],
  ["discretePath steps", (steps) => discretePath({ steps }), "whole number of at least"],
  ["discretePath betas", (beta) => discretePath([0.1, beta]), "beta"],
  ["respaced steps", (steps) => spacedIndices(steps, "10"), "whole number of at least 1"],
  ["posterior", (index) => posterior(discretePath(), index), "whole number of at least 0 and of at most 999"],
  ["discrete path", (t) => discretePath().at(t), "of at least 0 and of at most 1"],
  ["cosinePath", (t) => cosinePath().at(t), "of at least 0 and of at most 1"],
  ["edmPath", (sigmaMax) => edmPath({ sigmaMax }), "finite number above 0"],
  ["vePath", (sigmaMin) => vePath({ sigmaMin }), "finite number above 0"],
  ["discretized levels", (levels) => binned({ levels }), "whole number of at least 2"],
  ["discretized least", (least) => binned({ least }), "finite number of at least 0 and below 1"],
  ["logNormalSigma mean", (mean) => logNormalSigma({ mean }), "finite number"],
  ["logNormalSigma std", (std) => logNormalSigma({ std }), "finite number above 0"],
  ["uniform", (from) => uniform({ from }), "of at least 0 and of at most 1"],
  ["F", (sigmaData) => objective({ ...flow, prediction: { kind: "F", sigmaData } }), "finite number above 0"],
  ["edmInputs", (sigmaData) => edmInputs({ sigmaData }), "finite number above 0"],
  ["edm", (sigmaData) => edm({ sigmaData }), "finite number above 0"],
  ["ddpm", (steps) => ddpm({ steps }), "whole number of at least"],
  ["karrasGrid rho", (rho) => karrasGrid({ rho }), "finite number of at least 1"],
  ["karrasGrid", (sigmaMin) => karrasGrid({ sigmaMin }), "finite number above 0"],
  ["exponentialGrid", (sigmaMax) => exponentialGrid({ sigmaMax }), "finite number above 0"],
  ["iddpmGrid", (count) => iddpmGrid({ count }), "whole number of at least 2"],
  ["logSnrGrid", (first) => logSnrGrid({ first }), "of at least 0 and of at most 1"],
  ["quadraticGrid", (last) => quadraticGrid({ last }), "of at least 0 and of at most 1"],
  ["uniformGrid", (first) => uniformGrid({ first }), "of at least 0 and of at most 1"],
  ["shiftedGrid", (by) => shiftedGrid(uniformGrid(), by), "finite number above 0"],
  ...[uniformGrid(), quadraticGrid(), karrasGrid(), exponentialGrid(), iddpmGrid(), logSnrGrid()].map(
    (grid): (typeof numberMistakes)[number] => [
      `steps of ${grid.name}`,
      (steps) => grid.times(edmPath(), steps),
      "whole number of at least 1",
    ],
  ),
  ["ddim", (eta) => ddim({ eta }), "of at least 0 and of at most 1"],
  ["dopri5", (atol) => dopri5({ atol }), "finite number"],
  ["dopri5 most", (most) => dopri5({ most }), "whole number of at least 1"],
  ["dpmSolver", (order) => dpmSolver({ order }), "whole number of at least 1 and of at most 3"],
  ["dpmSolverMultistep", (order) => dpmSolverMultistep({ order }), "whole number of at least 1 and of at most 3"],
  ["dpmSolverPP", (eta) => dpmSolverPP({ eta }), "of at least 0 and of at most 1"],
  ["dpmSolverPP noise", (noise) => dpmSolverPP({ noise }), "finite number of at least 0"],
  ["uniPC", (order) => uniPC({ order }), "whole number of at least 1 and of at most 3"],
  ["lms", (order) => lms({ order }), "whole number of at least 1 and of at most 4"],
  ["edmStochastic", (churn) => edmStochastic({ churn }), "finite number of at least 0"],
  ["eulerMaruyama", (norm) => eulerMaruyama({ norm }), "finite number of at least 0"],
  ["likelihood", (steps) => likelihood(still, { steps }), "whole number of at least 1"],
  ["probes", (count) => likelihood(still, { probes: { kind: "gaussian", count } }), "whole number of at least 1"],
  ["variationalBound", (strata) => variationalBound(still, { strata }), "whole number of at least 1"],
  ["uniformDequantization", (levels) => uniformDequantization({ levels }), "whole number of at least 2"],
  ["bitsPerDimension", (dimensions) => bits({ dimensions }), "whole number of at least 1"],
  ["logVariance", (features) => logVariance({ features }), "whole number of at least 1"],
  ["lossFactor", (t) => lossFactor({ from: flow, to: flow }, t), "of at least 0 and of at most 1"],
  ["autoguidance", (scale) => autoguidance(still, still, { scale }), "finite number"],
  [
    "guidance channels",
    (channels) => classifierFreeGuidance(still, { scale: 2, channels }),
    "whole number of at least 1",
  ],
  ["guidance interval", (from) => classifierFreeGuidance(still, { scale: 2, interval: [from, 1] }), "from < to <= 1"],
];

describe.each(numberMistakes)("%s", (_, call, right) => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s", (value) => {
    const message = refusal(() => call(value));
    expect(message).toContain(String(value));
    expect(message).toContain(right);
  });
  test("refuses a text", () => expect(refusal(() => call(loose("0.5x")))).toContain("0.5x"));
});

const numbersOutside: readonly (readonly [call: () => unknown, message: string])[] = [
  [() => discretePath({ steps: 0 }), "steps is 0; it must be a whole number of at least"],
  [() => discretePath({ steps: 1 }), "steps is 1; it must be a whole number of at least"],
  [() => karrasGrid().times(edmPath(), 0), "the karras grid: steps is 0; it must be a whole number of at least 1."],
  [() => karrasGrid({ sigmaMin: 0 }), "karras.sigmaMin is 0; it must be a finite number above 0."],
  [() => karrasGrid({ rho: 0.5 }), "karras.rho is 0.5; it must be a finite number of at least 1."],
  [() => edmPath({ sigmaMax: 0 }), "sigmaMax is 0; it must be a finite number above 0."],
  [() => vePath({ sigmaMin: -1 }), "sigmaMin is -1; it must be a finite number above 0."],
  [() => logNormalSigma({ std: 0 }), "std is 0; it must be a finite number above 0."],
  [() => ddim({ eta: 2 }), "ddim.eta is 2; it must be a finite number of at least 0 and of at most 1."],
  [() => dpmSolverMultistep({ order: 4 }), "order is 4; it must be a whole number of at least 1 and of at most 3."],
  [() => edmStochastic({ churn: -1 }), "churn is -1; it must be a finite number of at least 0."],
  [() => objectiveOf(loose(null)), "objective is null; it must be a record."],
  [
    () => likelihood(still, { probes: { kind: "rademacher", count: 0 } }),
    "count is 0; it must be a whole number of at least 1",
  ],
];

test.each(numbersOutside.map(([call, message]) => [message, call] as const))("%s", (message, call) => {
  expect(refusal(call)).toContain(message);
});

test.each([0, -1, 1.5])("sample refuses %d steps, and one step is a step", async (steps) => {
  const how = { noise: batch.noise, device };
  await expect(sample(still, { ...how, steps })).rejects.toThrow(
    `sample: steps is ${steps}; it must be a whole number of at least 1.`,
  );
  const out = await sample(still, { ...how, steps: 1 });
  expect(out.shape).toEqual([...shape]);
});

describe("what is no path, density, network, grid, solver or objective is named by its place", () => {
  const [path, density] = [linearPath(), uniform()];
  const bins = [{ from: 0, to: 1, mean: 1, stdErr: 0 }];
  const places: [place: string, call: (value: unknown) => unknown][] = [
    ["interpolate: path", (it) => interpolate(loose(it), batch.x, batch.noise, batch.t)],
    ["convert: path", (it) => convert(loose(it), { from: "noise", to: "data" }, 1, 1, 0.5)],
    ["densityOn: path", (it) => densityOn(density, loose(it))],
    ["carried: path", (it) => carried({ path: loose(it), density })],
    ["carriedInputs: path", (it) => carriedInputs({ path: loose(it) })],
    ["denoiser: path", (it) => denoiser({ path: loose(it), inputs: edmInputs() }, still)],
    ["the karras grid: path", (it) => karrasGrid().times(loose(it), 4)],
    ["truncatedNormalDequantization: path", (it) => truncatedNormalDequantization(loose(it))],
    ["respaced: path", (it) => respaced(loose(it), "10")],
    ["posterior: path", (it) => posterior(loose(it), 1)],
    ["densityOn: density", (it) => densityOn(loose(it), path)],
    ["carried: density", (it) => carried({ path, density: loose(it) })],
    ["shifted: density", (it) => shifted(loose(it), 2)],
    ["stratified: density", (it) => stratified(loose(it), 4, random.key(0))],
    ["draws: density", (it) => draws(loose(it), 4, random.key(0))],
    ["quantiles: density", (it) => quantiles(loose(it), 4)],
    ["denoiser: network", (it) => denoiser(flow, loose(it))],
    ["denoiser: inputs", (it) => denoiser({ path, inputs: loose(it) }, still)],
    ["carriedInputs: inputs", (it) => carriedInputs({ path, inputs: loose(it) })],
    ["translated: model", (it) => translated(loose(it), flow, flow)],
    ["translated: from", (it) => translated(still, loose(it), flow)],
    ["classifierFreeGuidance: model", (it) => classifierFreeGuidance(loose(it), { scale: 2 })],
    ["autoguidance: weaker", (it) => autoguidance(still, loose(it), { scale: 2 })],
    ["fromSiT: model", (it) => fromSiT(loose(it))],
    ["sampler: model", (it) => sampler(loose(it))],
    ["likelihood: model", (it) => likelihood(loose(it))],
    ["variationalBound: model", (it) => variationalBound(loose(it))],
    [
      "discreteBound: model",
      (it) => discreteBound(loose(it), { objective: { path: discretePath(), prediction: "v" } }),
    ],
    ["loss: model", (it) => loss(flow, loose(it), batch)],
    ["loss: the batch", (it) => loss(flow, still, loose(it))],
    ["loss", (it) => loss(loose(it), still, batch)],
    ["objectiveOn", (it) => objectiveOn(loose(it), device)],
    ["effectiveWeight", (it) => effectiveWeight(loose(it), 0.5)],
    ["objective", (it) => objective(loose(it))],
    ["lossFactor.from", (it) => lossFactor({ from: loose(it), to: flow }, 0.5)],
    ["convertLosses", (it) => convertLosses(loose(it), { from: flow, to: flow })],
    [
      "convertBins: bins",
      (it) => convertBins(it === null ? loose(null) : loose({ bins, it }), { from: flow, to: flow }),
    ],
    ["shiftedGrid: grid", (it) => shiftedGrid(loose(it), 2)],
    ["sampler: solver", (it) => sampler(still, { solver: loose(it) })],
    ["bitsPerDimension", (it) => bitsPerDimension(loose(it))],
    ["losses", (it) => uncertain(loose(it), batch.t)],
    ["definePath: formula", (it) => definePath("a", loose(it))],
    ["defineDensity: quantile", (it) => defineDensity("a", loose(it), () => 1)],
  ];
  test.each(places)("%s", (place, call) => {
    for (const value of ["linear", null, 3, { name: "linear" }]) expect(refusal(() => call(value))).toContain(place);
  });
});

test("steps and shifts that make no grid are named", () => {
  for (const steps of [0, 2.5, -1])
    expect(refusal(() => uniformTimes(steps))).toBe(
      `uniformTimes: steps is ${steps}; it must be a whole number of at least 1.`,
    );
  for (const shift of [0, -1])
    expect(refusal(() => uniformTimes(4, shift))).toBe(
      `uniformTimes: shift is ${shift}; it must be a finite number above 0.`,
    );
});

test("an option of another name is named with the choices", () => {
  const mistakes: [call: () => unknown, message: string][] = [
    [() => logitNormal(loose({ sigma: 2 })), 'logitNormal has an unknown key "sigma"; it takes mean, std.'],
    [() => mode(loose({ s: 1 })), 'mode has an unknown key "s"; it takes scale.'],
    [
      () => vpPath(loose({ betaMim: 1 })),
      'vp has an unknown key "betaMim"; did you mean "betaMin"? it takes betaMin, betaMax.',
    ],
    [() => rectifiedFlow(loose({ std: 1 })), 'rectifiedFlow has an unknown key "std"; it takes density.'],
    [
      () => objective(loose({ ...flow, errorin: "data" })),
      'objective has an unknown key "errorin"; did you mean "errorIn"? it takes path, prediction, errorIn, weighting, density, inputs, variance, loss, uncertainty.',
    ],
    [
      () => classifierFreeGuidance(still, loose({ scales: 2 })),
      'classifierFreeGuidance has an unknown key "scales"; did you mean "scale"? it takes scale, interval, channels.',
    ],
    [
      () => sampler(still, loose({ steps: 2 })),
      'sampler has an unknown key "steps"; it takes objective, solver, clip, device.',
    ],
    [() => logitNormal(loose(2)), "logitNormal is 2; it must be a record."],
    [() => logitNormal(loose(null)), "logitNormal is null; it must be a record."],
    [() => uniform(loose({ mean: 1 })), 'uniform has an unknown key "mean"; it takes from, to.'],
    [() => cosmap(loose({ mean: 1 })), 'cosmap has an unknown key "mean"; it takes none.'],
    [() => vpPath({ betaMin: 30 }), "vpPath: betas are 30 and 20; it takes 0 < betaMin <= betaMax."],
  ];
  for (const [call, message] of mistakes) expect(refusal(call)).toBe(message);
});

test("sample names an option of another name before anything runs", async () => {
  const attempt = sample(still, loose({ noise: batch.noise, device, step: 3 }));
  await expect(attempt).rejects.toThrow(
    'sample has an unknown key "step"; did you mean "steps"? it takes noise, start, steps, grid, times, key, first, batch, onStep, signal, objective',
  );
});

test("a prediction, path, weighting or density of another name is named with the choices", () => {
  const aim = (changes: object): Objective => ({ ...flow, ...changes });
  const choices = 'it must be one of "velocity", "noise", "data", "v", "score", "F"';
  for (const name of ["epsilon", "x0", undefined]) {
    const told = name === undefined ? "missing" : `"${name}"`;
    const changed = aim({ prediction: name });
    expect(refusal(() => objective(loose(changed)))).toContain(`objective.prediction is ${told}; ${choices}`);
    expect(refusal(() => loss(changed, still, batch))).toContain(`loss.prediction is ${told}; ${choices}`);
    const byName = refusal(() => sampler(still, { objective: "edm" as never }));
    expect(byName).toBe('sampler: objective is "edm"; it must be one such as rectifiedFlow().');
    expect(refusal(() => sampler(still, { objective: changed }))).toContain(
      `sampler: objective.prediction is ${told}; ${choices}`,
    );
    expect(refusal(() => effectiveWeight(flow, 0.5, loose(name ?? null)))).toContain(choices);
    expect(refusal(() => unweightedIn(loose(name)))).toContain(choices);
    expect(refusal(() => fromSiT(still, loose(name ?? null)))).toContain(choices);
    expect(refusal(() => convert(linearPath(), { from: "noise", to: loose(name) }, 1, 1, 0.5))).toContain(choices);
  }
  expect(refusal(() => loss(aim({ errorIn: "x" }), still, batch))).toContain(`errorIn is "x"; ${choices}`);
  expect(refusal(() => loss(aim({ path: "linear" }), still, batch))).toContain('path is "linear"');
  expect(refusal(() => loss(aim({ weighting: "minSnr" }), still, batch))).toContain('weighting is "minSnr"');
  expect(refusal(() => objective(loose(aim({ density: logitNormal }))))).toContain("the function logitNormal itself");
  expect(refusal(() => sampler(still, { solver: loose(heun) }))).toContain("solver is the function heun itself");
  expect(refusal(() => sampler(still, { solver: loose("heun") }))).toContain('solver is "heun"; it takes one such as');
});

describe("a network whose output is no prediction", () => {
  const outputs: [name: string, model: (x: Tensor) => Tensor, told: RegExp][] = [
    ["one channel of three", (x) => mean(x, [1], { keepDims: true }) as Tensor, /model gives f32 \[\d, 1\]/],
    ["one sample of two", (x) => x.slice([0]) as Tensor, /model gives f32 \[1, \d\]/],
    ["integers", (x) => x.cast("i32") as never, /model gives i32 \[\d, 3\]/],
    ["a promise", () => loose(Promise.resolve(batch.x)), /model gives a Promise/],
  ];
  test.each(outputs)("%s: loss, sample, guidance and fromSiT refuse it alike", async (_, model, told) => {
    const inputs = { condition: device.tensor([1, 2]), unconditional: device.tensor([0, 0]) };
    const guided = classifierFreeGuidance(model, { scale: 2 });
    expect(refusal(() => loss(flow, model, batch))).toMatch(told);
    expect(refusal(() => fromSiT(model)(batch.x, batch.t))).toMatch(told);
    expect(refusal(() => guided(batch.x, batch.t, inputs))).toMatch(/model gives/);
    await expect(sample(model, { noise: batch.noise, steps: 2, device })).rejects.toThrow(told);
    await expect(sample(model, { noise: batch.noise, steps: 2, device })).rejects.toThrow(
      /takes an f32 tensor of x's shape, \[2, 3\]/,
    );
  });
});

test("operands of another dtype, shape or kind are named", async () => {
  const { x, noise, t } = batch;
  const whole = device.tensor(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
  expect(refusal(() => loss(flow, still, { x: loose(whole), noise, t }))).toContain(
    "x is i32 [2, 3]; it takes an f32 tensor",
  );
  expect(refusal(() => loss(flow, still, loose({ x, noise })))).toContain("t is undefined; it takes an f32 tensor");
  expect(refusal(() => interpolate(linearPath(), x, loose(3), t))).toContain("noise is 3");
  expect(refusal(() => loss(flow, still, { x, noise, t: loose(device.tensor(Int32Array.of(0, 1), [2])) }))).toContain(
    "t is i32 [2]",
  );
  const scalar = device.tensor([1], []);
  await expect(sample(still, { noise: scalar })).rejects.toThrow("noise is []; it takes [n, ...]");
  const guided = classifierFreeGuidance(still, { scale: 2 });
  expect(refusal(() => guided(x, t, loose({ condition: t })))).toContain("unconditional is undefined");
  expect(refusal(() => classifierFreeGuidance(still, { scale: device.tensor([1, 2]) }))).toContain("it takes a scalar");
});

describe("values that are not finite on the way", () => {
  test("are named with the first step and its times, and leave nothing on the device", async () => {
    const breaks = (x: Tensor, t: Tensor): Tensor => log(t.sub(0.5)).reshape([2, 1]).mul(x);
    const noise = device.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const { buffers } = device.memory;
    // log(t - 0.5) is -Infinity at t = 0.5, which the fifth step of eight starts from.
    const attempt = sample(breaks, { noise, steps: 8 });
    await expect(attempt).rejects.toThrow(/not finite after step 5 of 8, from t = 0.5 to 0.375/);
    await expect(attempt).rejects.toMatchObject({ name: "DiffusionError", code: "values" });
    expect(device.memory.buffers).toBe(buffers);
  });

  test("a guidance scale that is NaN on the device, and noise that is, count too", async () => {
    const inputs = { condition: device.tensor([1, 2], [2, 1]), unconditional: device.tensor([0, 0], [2, 1]) };
    const echo = (x: Tensor, _: Tensor, condition: Tensor): Tensor => x.mul(0).add(condition);
    const guided = classifierFreeGuidance(echo, { scale: device.tensor([Number.NaN], []) });
    const run = sampler(guided).run(inputs, { noise: batch.noise, steps: 3 });
    await expect(run).rejects.toThrow(/after step 1 of 3, from t = 1 to/);
    const noise = device.tensor([1, Number.POSITIVE_INFINITY], [2, 1]);
    await expect(sample(still, { noise, steps: 2 })).rejects.toThrow(/after step 1 of 2/);
  });
});

test("times at which a network's inputs are no numbers are refused before the run, by name", async () => {
  const aim = edm();
  const asked = { noise: batch.noise, objective: aim, device, steps: 3 };
  const model = denoiser(aim, still);
  await expect(sample(model, { ...asked, solver: rk4() })).rejects.toThrow(
    "at t = 0 on the EDM 80 path the EDM 0.5 inputs tell the network a time of -Infinity and scale x_t by 2; take times that stay away from t = 0, or a solver that does not ask there, such as heun().",
  );
  await expect(sample(model, { ...asked, solver: rk4() })).rejects.toMatchObject({ code: "singular" });
  const { noise: start, steps: _, ...rest } = asked;
  await expect(sample(model, { ...rest, start, times: [0, 0.5, 1] })).rejects.toThrow("at t = 0 on the EDM 80 path");
  const ve = { path: edmPath(), prediction: "noise", inputs: veInputs() } as const;
  await expect(sample(still, { ...asked, objective: ve, solver: heun({ lastEuler: false }) })).rejects.toThrow(
    "the VE inputs tell the network a time of -Infinity",
  );
  for (const solver of [heun(), euler(), dpmSolverPP(), edmStochastic()]) {
    using out = await sample(model, { ...asked, solver });
    expect((await out.data()).every(Number.isFinite)).toBe(true);
  }
});

test("a run without a device asks for one", async () => {
  const noise = random.normal(random.key(0), [1, 3]);
  await expect(sample(still, { noise, steps: 2 })).rejects.toThrow(
    "sample: name a device (its option `device`); what it is given has none, and what a model closes over is not looked at.",
  );
  await expect(sampler(still).run(null, { noise, steps: 2 })).rejects.toThrow("sampler: name a device (its option");
  const out = await sample(still, { noise, steps: 2, device });
  expect(out).toBeInstanceOf(Tensor);
});
