import { jsonSchema, kind, number, read } from "@isoflop/spec";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  carried,
  cosinePath,
  cosmap,
  type DensitySpec,
  defineDensity,
  densities,
  densityOn,
  discretePath,
  discreteUniform,
  edmPath,
  edmWeighting,
  effectiveWeight,
  grids,
  likelihoodWeighting,
  linearPath,
  logitNormal,
  logNormalSigma,
  minSnr,
  mode,
  objective,
  type Path,
  type PathDensity,
  paths,
  shifted,
  sigmoidWeighting,
  softMinSnr,
  solvers,
  type TimestepDensity,
  uniform,
  unweighted,
  unweightedIn,
  vpPath,
  type Weighting,
  weightings,
} from "../src/index.js";

const times = [0.01, 0.2, 0.5, 0.77, 0.99];
const error = (message: string) => new Error(message);
/** What a record that one writes makes. */
const onLinear = (density: TimestepDensity | PathDensity): TimestepDensity =>
  densityOn(density, density.name === discreteUniform().name ? discretePath() : linearPath());
const made = <T>(parts: { readonly schema: v.GenericSchema; build(spec: never): T }, spec: object): T =>
  parts.build(read(parts.schema, spec, { name: "spec", error }) as never);

describe("a record makes what the function makes", () => {
  const densityCases: [object, TimestepDensity | PathDensity][] = [
    [{ kind: "uniform" }, uniform()],
    [{ kind: "logitNormal" }, logitNormal()],
    [{ kind: "logitNormal", mean: 0.5, std: 2 }, logitNormal({ mean: 0.5, std: 2 })],
    [{ kind: "mode" }, mode()],
    [{ kind: "mode", scale: -0.5 }, mode({ scale: -0.5 })],
    [{ kind: "cosmap" }, cosmap()],
    [{ kind: "shifted", by: 3 }, shifted(logitNormal(), 3)],
    [{ kind: "shifted", by: 3, density: { kind: "mode" } }, shifted(mode(), 3)],
    [
      { kind: "shifted", by: 3, density: { kind: "shifted", by: 2, density: { kind: "uniform" } } },
      shifted(shifted(uniform(), 2), 3),
    ],
    [{ kind: "logNormalSigma", mean: -0.4, std: 1 }, logNormalSigma({ mean: -0.4, std: 1 })],
    [{ kind: "discreteUniform" }, discreteUniform()],
    [{ kind: "uniform", from: 0.1 }, uniform({ from: 0.1 })],
    [{ kind: "carried", path: { kind: "vp" } }, carried({ path: vpPath(), density: uniform() })],
    [
      { kind: "carried", path: { kind: "edm" }, density: { kind: "logNormalSigma" } },
      carried({ path: edmPath(), density: logNormalSigma() }),
    ],
  ];
  it.each(densityCases)("density %j", (spec, density) => {
    const found = made(densities, spec);
    expect(found.name).toBe(density.name);
    const [ours, right] = [onLinear(found), onLinear(density)];
    for (const t of times) expect([ours.quantile(t), ours.pdf(t)]).toEqual([right.quantile(t), right.pdf(t)]);
  });
  it("has all densities", () => {
    expect(new Set(densityCases.map(([spec]) => (spec as DensitySpec).kind))).toEqual(new Set(densities.names));
  });

  const weightingCases: [object, Weighting][] = [
    [{ kind: "none" }, unweighted()],
    [{ kind: "unweightedIn", on: "data" }, unweightedIn("data")],
    [{ kind: "minSnr" }, minSnr()],
    [{ kind: "minSnr", gamma: 2 }, minSnr(2)],
    [{ kind: "softMinSnr" }, softMinSnr()],
    [{ kind: "softMinSnr", sigmaData: 0.3 }, softMinSnr(0.3)],
    [{ kind: "edm" }, edmWeighting()],
    [{ kind: "edm", sigmaData: 1 }, edmWeighting(1)],
    [{ kind: "sigmoid" }, sigmoidWeighting()],
    [{ kind: "sigmoid", bias: -1 }, sigmoidWeighting(-1)],
    [{ kind: "likelihood" }, likelihoodWeighting()],
  ];
  const weightOf = (weighting: Weighting, t: number): number =>
    effectiveWeight(objective({ path: linearPath(), prediction: "velocity", weighting, density: uniform() }), t);
  it.each(weightingCases)("weighting %j", (spec, weighting) => {
    const found = made(weightings, spec);
    expect(found.name).toBe(weighting.name);
    for (const t of times) expect(weightOf(found, t)).toBe(weightOf(weighting, t));
  });
  it("has all weightings", () => {
    expect(new Set(weightingCases.map(([spec]) => (spec as { kind: string }).kind))).toEqual(new Set(weightings.names));
  });

  it.each<[object, Path]>([
    [{ kind: "linear" }, linearPath()],
    [{ kind: "cosine" }, cosinePath()],
    [{ kind: "vp" }, vpPath()],
    [{ kind: "vp", betaMax: 12 }, vpPath({ betaMax: 12 })],
  ])("path %j", (spec, path) => {
    const found = made(paths, spec);
    for (const t of times) expect(found.at(t)).toEqual(path.at(t));
  });
  it("solvers and grids", () => {
    const names = [
      ...[
        "euler",
        "heun",
        "midpoint",
        "rk4",
        "dopri5",
        "ddim",
        "ancestral",
        "dpmSolver",
        "dpmSolverMultistep",
        "dpmSolverPPSingle",
        "dpmSolverPP",
      ],
      ...["uniPC", "lms", "edmStochastic", "eulerMaruyama", "heunSde"],
    ];
    expect(solvers.names).toEqual(names);
    for (const name of names) {
      expect(solvers.build(name).name).toBe(name);
      expect(made(solvers, { kind: name }).name).toBe(name);
    }
    expect(made(solvers, { kind: "dopri5", rtol: 0.1 }).control?.relative).toBe(0.1);
    for (const name of grids.names.filter((each) => each !== "shifted"))
      expect(made(grids, { kind: name }).times(vpPath(), 9)).toEqual(grids.build(name).times(vpPath(), 9));
    const shift = made(grids, { kind: "shifted", by: 2, grid: { kind: "karras", rho: 5 } });
    expect(shift.name).toBe("karras, shifted by 2");
    expect(JSON.stringify(jsonSchema(grids.schema, "TimeGrid"))).toContain('"const":"karras"');
  });
});

describe("a record that is none is refused by its field", () => {
  it.each<[{ readonly schema: v.GenericSchema }, object, string]>([
    [densities, { kind: "logitnormal" }, 'spec.kind is "logitnormal"; it must be one of "uniform", "logitNormal"'],
    [densities, { kind: "logitNormal", std: 0 }, "spec.std is 0; it must be a finite number above 0"],
    [
      densities,
      { kind: "mode", scale: 2 },
      "spec.scale is 2; it must be a finite number of at least -1 and of at most",
    ],
    [densities, { kind: "shifted", by: 3, density: { kind: "mod" } }, '(did you mean "mode"?)'],
    [densities, { kind: "shifted" }, "spec.by is missing; it must be a finite number above 0"],
    [weightings, { kind: "minSnr", gama: 1 }, 'spec has an unknown key "gama"; did you mean "gamma"?'],
    [weightings, { kind: "unweightedIn", on: "eps" }, 'spec.on is "eps"; it must be one of "velocity", "noise"'],
    [paths, { kind: "vp", betaMin: 0 }, "spec.betaMin is 0; it must be a finite number above 0"],
    [solvers, { kind: "huen" }, '(did you mean "heun"?)'],
    [
      solvers,
      { kind: "dpmSolverPP", order: 4 },
      "spec.order is 4; it must be a whole number of at least 1 and of at most 3",
    ],
    [grids, { kind: "karras", rho: 0 }, "spec.rho is 0; it must be a finite number of at least 1"],
    [grids, { kind: "shifted", by: 2, grid: { kind: "karas" } }, '(did you mean "karras"?)'],
  ])("%#", ({ schema }, spec, message) => {
    expect(() => read(schema, spec, { name: "spec", error })).toThrow(message);
  });
});

it("a density from outside is one `add`", () => {
  densities.add(
    kind({
      name: "power",
      options: { exponent: v.optional(number({ atLeast: 1 }), 2) },
      build: ({ exponent }) =>
        defineDensity(
          `power(${exponent})`,
          (m, u) => m.exp(m.div(m.log(u), exponent)),
          (t) => exponent * t ** (exponent - 1),
        ),
    }),
  );
  const density = made(densities, { kind: "power" });
  expect(onLinear(density).quantile(0.25)).toBeCloseTo(0.5, 15);
  const spec: DensitySpec = { kind: "power", exponent: 3 };
  expect(made(densities, { kind: "shifted", by: 2, density: spec }).name).toBe("power(3), shifted by 2");
  expect(JSON.stringify(jsonSchema(densities.schema, "Density"))).toContain('"const":"power"');
});
