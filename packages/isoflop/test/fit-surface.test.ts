import { fileURLToPath } from "node:url";
import { optimalAllocation, type Surface, surfaceLoss } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { epoch, file, fixture, isoflop, json, llama } from "./isoflop.js";

const number = (value: unknown) => value as number;

describe("fit surface", () => {
  test("240 Chinchilla runs: the objective and exponents of the reference, intervals of its width", () => {
    const { fit, points } = json(["fit", "surface", ...epoch, "--objective", "log-huber", "--bootstrap", "400"]);
    expect(number(fit!.objective!.value)).toBeLessThanOrEqual(1.0001 * 0.00101827402);
    expect(Math.abs(number(fit!.parameters!.alpha!.value) - 0.34731)).toBeLessThan(0.004);
    expect(Math.abs(number(fit!.parameters!.beta!.value) - 0.36717)).toBeLessThan(0.004);
    expect(number(fit!.logCoefficients!.A!.value)).toBeCloseTo(Math.log(number(fit!.parameters!.A!.value)), 12);
    expect(points!.used).toBe(240);
    expect((points!.dropped as unknown as { reason: string }[]).map(({ reason }) => reason)).toEqual(
      Array(5).fill("highest-loss"),
    );
    const reference = { alpha: [0.31703, 0.37064], beta: [0.33186, 0.41535], E: [1.76846, 1.87156] } as const;
    for (const [name, [low, high]] of Object.entries(reference)) {
      const ends = fit!.bootstrap!.parameters![name]!.ci95 as unknown as [number, number];
      expect(Math.abs(ends[0] - low)).toBeLessThan(0.25 * (high - low));
      expect(Math.abs(ends[1] - high)).toBeLessThan(0.25 * (high - low));
    }
  });

  test("Llama 3 by variable projection; mse is the same minimum", () => {
    const { fit } = json(["fit", "surface", ...llama, "--objective", "varpro"]);
    expect(number(fit!.parameters!.alpha!.value)).toBeCloseTo(0.310006, 3);
    expect(number(fit!.parameters!.beta!.value)).toBeCloseTo(0.313643, 3);
    expect(json(["fit", "surface", ...llama, "--objective", "mse"]).fit).toEqual(fit);
  });

  test("CS336 without noise: the truth to 1e-4", () => {
    const { fit } = json(["fit", "surface", "-i", fixture("cs336_isoflops"), "--objective", "varpro"]);
    const truth = { E: 2.69, A: 1606.4, B: 3210.7, alpha: 0.34, beta: 0.36 };
    for (const [name, value] of Object.entries(truth)) {
      const estimate = fit!.parameters![name]!;
      expect(Math.abs(number(estimate.value) / value - 1)).toBeLessThan(1e-4);
    }
  });

  test("the bias of Approach 2 on the grid of 16 times around the optimum is −5.1002 %", () => {
    const args = ["fit", "surface", "-i", fixture("iso_chinchilla_xl"), "--objective", "varpro", "--bias-at", "1e24"];
    expect(number(json(args).fit!.approach2Bias!.relative!.D)).toBeCloseTo(-0.051002445517557726, 6);
    expect(isoflop(args).stdout).toContain("D* −5.1002 %");
  });

  test.each(["chinchilla", "tied", "no-floor", "kaplan"])(
    "%s: the laws of the optimum are those of the surface",
    (form) => {
      const { fit } = json(["fit", "surface", ...epoch, "--form", form, "--objective", "log-mse"]);
      const surface = { form, theta: fit!.theta } as unknown as Surface;
      for (const C of [1e15, 1e21, 1e26]) {
        const best = optimalAllocation(surface, C);
        expect(best.ok).toBe(true);
        if (!best.ok) continue;
        const law = (name: string) => {
          const { coefficient, exponent, floor } = fit!.allocation![name]!;
          return number(coefficient!.value) * C ** number(exponent!.value) + number(floor ?? 0);
        };
        expect(law("N") / best.N).toBeCloseTo(1, 5);
        expect(law("D") / best.D).toBeCloseTo(1, 5);
        expect(law("loss") / surfaceLoss(surface, best)).toBeCloseTo(1, 9);
      }
    },
  );

  test("a floor at its bound is printed and ends with status 4", () => {
    const args = [
      ...["fit", "surface", "-i", fixture("porian_owt2_isoflops"), "--columns", "label=config"],
      ...["--only", "base/long/kaplan/kaplan/train", "--objective", "varpro"],
    ];
    const { status, ok, fit } = json(args, { code: 4 });
    expect([status, ok, fit!.parameters!.E!.value]).toEqual(["bound", true, 0]);
    const { stdout, stderr } = isoflop(args);
    expect(stdout).toContain("caution: bound: E has gone to 0");
    expect(stderr).toMatch(/^isoflop: bound: /);
  });

  test("squares of the loss have an optimum for every form", () => {
    const { fit } = json(["fit", "surface", ...epoch, "--form", "kaplan", "--objective", "mse"]);
    expect(fit!.objective!.value).toBeCloseTo(0.46148456394397863, 10);
  });

  test("a metric can be fitted in the place of the loss", () => {
    const noisy = ["fit", "surface", "-i", fixture("dit_isoflop_noisy"), "--quantity", "fid", "--objective", "log-mse"];
    const { points, fit } = json(noisy, { code: 4 });
    expect([fit!.quantity, points!.used]).toEqual(["fid", 54]);
    expect(number(fit!.allocation!.loss!.exponent!.value)).toBeCloseTo(-0.234, 1);
    expect(isoflop(noisy).stdout).toContain("fid = E + A/N^alpha + B/D^beta");
    const missing = isoflop(["fit", "surface", "-i", fixture("dit_isoflop_noisy"), "--quantity", "kid"]);
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('there is no column "kid" (for kid)')]);
  });

  const cautions = (args: readonly string[]) => {
    const { points } = json(["fit", "surface", ...args]);
    return (points!.cautions ?? []) as unknown as { readonly kind: string; readonly message: string }[];
  };

  test("says that residuals have structure, where they do: Farseer's exponent of data depends on the size", () => {
    const farseer = ["-i", fileURLToPath(new URL("../../scaling/test/fixtures/farseer.csv", import.meta.url))];
    const [caution, ...others] = cautions(farseer).filter(({ kind }) => kind === "structure");
    expect(caution!.message).toMatch(
      /^the form chinchilla does not hold: residuals fall with ln N · ln D: .*p = 0\.00/,
    );
    expect(others).toEqual([]);
    expect(isoflop(["fit", "surface", ...farseer]).stdout).toContain("caution: the form chinchilla does not hold: ");
    expect(cautions(["-i", fixture("cs336_isoflops")]).filter(({ kind }) => kind === "structure")).toEqual([]);
  });

  test("says what intervals of an objective are worth, and a fit that was saved with it is read", () => {
    const args = [...epoch, "--objective", "log-huber"];
    expect(cautions(args).filter(({ kind }) => kind === "objective")).toEqual([
      { kind: "objective", message: expect.stringMatching(/^intervals of log-huber by the delta method/) },
    ]);
    expect(cautions(epoch).filter(({ kind }) => kind === "objective")).toEqual([]);
    const saved = file("huber.json", JSON.stringify(json(["fit", "surface", ...args])));
    expect(isoflop(["predict", saved, "--at", "1e22"]).code).toBe(0);
  });
});
