import { readFileSync } from "node:fs";
import { expectOk, readDiagnosis } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { epoch, file, isoflop, json, llama, scratch } from "./isoflop.js";

/** Runs of a surface whose exponent of data grows with size, which the usual forms do not have. */
const crossed = () => {
  const rows = [1e18, 4e18, 1.6e19, 6.4e19, 2.56e20].flatMap((C, k) =>
    [0.25, 0.5, 1, 2, 4].map((f, i) => {
      const N = f * Math.sqrt(C / 120);
      const D = C / (6 * N);
      const loss = 1.69 + 406.4 / N ** 0.34 + 0.65 / (D / 1e10) ** (0.28 + 0.06 * Math.log(N / 3e8));
      return [N, D, loss * (1 + 0.0005 * (-1) ** (i + k))].join(",");
    }),
  );
  return file("crossed.csv", ["N,D,loss", ...rows].join("\n"));
};

describe("diagnose", () => {
  test("a saved surface about a model, and the table about its run of most compute, agree", () => {
    const fit = file("fit.json", isoflop(["fit", "surface", ...epoch, "--json"]).stdout);
    const direct = json(["diagnose", ...epoch]);
    const { N, D } = direct.diagnosis!.given as unknown as { N: number; D: number };
    const asked = json(["diagnose", fit, "--size", String(N), "--tokens", String(D)]);
    expect(asked.diagnosis).toEqual(direct.diagnosis);
    expect(asked.structure).toBeUndefined();
    const { parts, loss, record } = readDiagnosis(JSON.stringify(asked.diagnosis));
    expect(record).toBe("diagnosis");
    expect(expectOk(parts).terms.reduce((s, { amount }) => s + amount.value, 0)).toBeCloseTo(loss.value, 10);
    expect(direct.structure!.ok).toBe(true);
    expect(direct.status).toBe("converged");
  });

  test("text: the parts, what doubling buys, and what is wrong with the form", () => {
    const { stdout, code } = isoflop(["diagnose", "-i", crossed(), "--size", "1e9", "--tokens", "2e10"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^caution: the form does not hold: residuals fall with ln N · ln D/);
    expect(stdout).toMatch(/finite size +0\.\d+ +\[0\.\d+, 0\.\d+\] +\d+\.\d %/);
    expect(stdout).toContain("the floor dominates");
    expect(stdout).toMatch(/N and D doubled .* 4\.00 /);
    expect(stdout).toMatch(/half of what is above the floor, loss [12]\.\d+, takes \d+\.\d+ times the compute/);
  });

  test("of runs with several seeds says how much losses differ by them", () => {
    const rows = [1e18, 4e18, 1.6e19, 6.4e19].flatMap((C) =>
      [0.25, 0.5, 1, 2].flatMap((f) =>
        [0, 1].map((seed) => {
          const N = f * Math.sqrt(C / 120);
          const D = C / (6 * N);
          const loss = 1.69 + 406.4 / N ** 0.34 + 410.7 / D ** 0.28;
          return [N, D, loss * (seed === 0 ? 1.001 : 1 / 1.001), seed].join(",");
        }),
      ),
    );
    const path = file("seeds.csv", ["N,D,loss,seed", ...rows].join("\n"));
    const { seedNoise } = json(["diagnose", "-i", path]);
    expect(Number(seedNoise!.standardDeviation)).toBeCloseTo(Math.SQRT2 * Math.log(1.001), 9);
    expect(isoflop(["diagnose", "-i", path]).stdout).toContain("noise of seeds: 0.14 % of the loss");
    expect(json(["diagnose", "-i", crossed()])).not.toHaveProperty("seedNoise");
  });

  test("the report has both figures", () => {
    const page = scratch("diagnosis.html");
    isoflop(["diagnose", ...llama, "--report", page]);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<figure/g)).toHaveLength(2);
    expect(html).toContain("finite data");
  });

  test("the frontier is over the range that is asked", () => {
    const { diagnosis } = json(["diagnose", ...epoch, "--range", "1e20,1e22", "--points", "3"]);
    const frontier = diagnosis!.frontier as unknown as { C: number }[];
    expect(frontier.map(({ C }) => Math.log10(C))).toEqual([20, 21, 22].map((v) => expect.closeTo(v, 9)));
  });

  test("of a surface for repeated data, with its unique tokens", () => {
    const rows = [1e7, 3e7, 1e8].flatMap((U) =>
      [1e6, 4e6, 1.6e7].flatMap((N) =>
        [1, 3, 10, 30].map((epochs) => {
          const D = U * (1 + 15 * (1 - Math.exp((1 - epochs) / 15)));
          return [N, U * epochs, U, 1.9 + 500 / N ** 0.35 + 1800 / D ** 0.35].join(",");
        }),
      ),
    );
    const table = file("repeated.csv", ["N,D,unique,loss", ...rows].join("\n"));
    // They show nothing of too many parameters, so that this decay is at its bound.
    const fit = isoflop(["fit", "data-constrained", "-i", table, "--columns", "U=unique", "--json"]).stdout;
    const of = (...more: string[]) =>
      json(["diagnose", file("repeated.json", fit), "--size", "4e6", "--tokens", "3e8", ...more], { code: 4 })
        .diagnosis!;
    const [few, many] = [of("--unique", "1e7"), of("--unique", "3e8")];
    expect(Number(few.loss!.value)).toBeGreaterThan(Number(many.loss!.value));
    expect(few.given!.inputs).toEqual({ U: 1e7 });
  });

  test.each([
    [["FIT", "--size", "1e9", "--tokens", "1e10", "--unique", "1e9"], 2, "--unique is for a surface of the form"],
    [["FIT"], 2, "a model is needed: --size N --tokens D"],
    [["FIT", "--size", "1e9"], 2, "--size and --tokens go together"],
    [["LAW", "--size", "1e9", "--tokens", "1e10"], 2, "a fit isoflop cannot be diagnosed; expected a fit surface"],
    [[], 2, "there is nothing to work from"],
  ])("%j: status %d, %s", (args, status, message) => {
    const files: Readonly<Record<string, string>> = {
      FIT: file("surface.json", isoflop(["fit", "surface", ...llama, "--json"]).stdout),
      LAW: file("iso.json", isoflop(["fit", "isoflop", ...llama, "--json"]).stdout),
    };
    const { code, stderr } = isoflop(["diagnose", ...args.map((word) => files[word] ?? word)]);
    expect([code, stderr]).toEqual([status, expect.stringContaining(message)]);
  });
});
