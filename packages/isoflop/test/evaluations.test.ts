import { linearPath, type SamplingState, sampler, solvers, vpPath } from "@isoflop/diffusion";
import { evaluations, type SolverName, type SolverRecord, solverNames } from "@isoflop/flops";
import { createDevice, type Device, mul, random } from "@isoflop/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";

let device: Device;
beforeAll(async () => {
  device = await createDevice("wasm", { wasm: { threads: 1 } });
});
afterAll(() => device.destroy());

const aims = {
  "pure noise": { path: linearPath(), prediction: "velocity" },
  "some signal": { path: vpPath(), prediction: "noise" },
} as const;

/** How often a solver asks a network in so many steps. */
const asked = async (solver: SolverName | SolverRecord, steps: number, from: keyof typeof aims) => {
  using drawing = sampler((x, _, given: { readonly scale: number }) => mul(x, given.scale), {
    ...{ objective: aims[from], device },
    solver: solvers.build(solver as string),
  });
  const noise = random.normal(random.key(1), [2, 1, 2, 2]);
  let evaluations = 0;
  const onStep = (state: SamplingState): void => {
    evaluations = state.evaluations;
  };
  const x = await drawing.run({ scale: 0.5 }, { noise, steps, key: random.key(2), onStep });
  x.dispose();
  return evaluations;
};

it("every solver that samples is one whose evaluations are counted", () => {
  expect([...solverNames].sort()).toEqual([...solvers.names].sort());
});

const records: readonly (SolverName | SolverRecord)[] = [
  ...solverNames.filter((name) => name !== "dopri5"),
  ...[1, 2, 3].flatMap((order) => [
    { kind: "dpmSolver" as const, order },
    { kind: "dpmSolverPPSingle" as const, order },
    { kind: "uniPC" as const, order, lowerOrderFinal: false },
  ]),
  { kind: "heun", lastEuler: false },
  { kind: "midpoint", lastEuler: true },
];

/** The velocity of the path with some signal is infinite at its end, where these ask. */
const toTheEnd = (solver: SolverName | SolverRecord): boolean =>
  solver === "rk4" || (typeof solver === "object" && solver.kind === "heun");

it.each(records)("%j asks as often as is counted", async (solver) => {
  for (const from of ["pure noise", "some signal"] as const) {
    if (from === "some signal" && toTheEnd(solver)) continue;
    for (const steps of [1, 2, 5]) {
      const counted = evaluations({ steps, solver, pureNoise: from === "pure noise" });
      expect(await asked(solver, steps, from), `${steps} steps from ${from}`).toBe(counted);
    }
  }
});

it("a solver that chooses its own steps asks by the steps that it tries", async () => {
  const all = await asked("dopri5", 1, "pure noise");
  expect(all).toBe(evaluations({ steps: (all - 1) / 6, solver: "dopri5" }));
});
