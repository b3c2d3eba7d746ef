import {
  dataConstrainedLoss,
  muennighoff2023,
  normals,
  optimalAllocation,
  random,
  surfaceFrom,
} from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { file, isoflop, json } from "./isoflop.js";

const normal = normals(random(5));
const rows = [3e7, 1e8, 3e8, 1e9, 3e9, 1e10].flatMap((N) =>
  [1, 3, 10, 30, 90].flatMap((epochs) =>
    [1e8, 1e9].map((U) => {
      const D = U * epochs;
      return { N, D, U, loss: dataConstrainedLoss(muennighoff2023, { N, D, U }) * Math.exp(1e-3 * normal()) };
    }),
  ),
);
const table = file(
  "repeated.csv",
  ["params,tokens,unique_tokens,loss", ...rows.map(({ N, D, U, loss }) => [N, D, U, loss].join())].join("\n"),
);
const columns = ["--columns", "N=params,D=tokens,U=unique_tokens"];

describe("fit data-constrained", () => {
  const saved = json(["fit", "data-constrained", "-i", table, ...columns]);
  const repeated = file("repeated.json", JSON.stringify(saved));

  test("finds what repeated tokens are worth, and is saved as a surface", () => {
    expect([saved.command, saved.status, saved.fit!.form]).toEqual([
      "fit surface",
      "converged",
      "data-constrained-tied",
    ]);
    for (const name of ["alpha", "repeatTokens", "repeatParameters"] as const) {
      const { value, standardError } = saved.fit!.parameters![name]! as unknown as Record<string, number>;
      expect(Math.abs(value! - muennighoff2023[name])).toBeLessThan(4 * standardError!);
    }
    const { fit } = json(["fit", "surface", "-i", table, ...columns, "--form", "data-constrained-tied"]);
    expect(fit).toEqual(saved.fit);
    const { fit: untied } = json(["fit", "data-constrained", "-i", table, ...columns, "--untied"]);
    expect(untied!.form).toBe("data-constrained");
  });

  test("the optimum of a compute depends on the unique tokens", () => {
    const truth = surfaceFrom("data-constrained", { ...muennighoff2023 });
    const at = (more: readonly string[]) => json(["predict", repeated, "--at", "1e21", ...more]).predictions![0]!;
    const [plenty, scarce] = [at([]), at(["--unique", "1e9"])];
    expect([plenty.given, scarce.given]).toEqual([{ C: 1e21 }, { C: 1e21, U: 1e9 }]);
    for (const [prediction, inputs] of [
      [plenty, undefined],
      [scarce, { U: 1e9 }],
    ] as const) {
      const best = optimalAllocation(truth, 1e21, { inputs });
      if (!best.ok) throw new Error(best.message);
      const [low, high] = prediction.predicted!.N!.ci95 as unknown as [number, number];
      expect(best.N).toBeGreaterThan(low - 0.1 * best.N);
      expect(best.N).toBeLessThan(high + 0.1 * best.N);
    }
    expect(Number(scarce.predicted!.loss!.value)).toBeGreaterThan(Number(plenty.predicted!.loss!.value));
    expect(isoflop(["predict", repeated, "--size", "1e9", "--tokens", "3e10", "--unique", "1e9"]).stdout).toContain(
      "U = 1e9",
    );
  });

  test("a table without repetition, and a fit that knows of none, are told apart", () => {
    const missing = isoflop(["fit", "data-constrained", "-i", table, "--columns", "N=params,D=tokens,U=tokens"]);
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("nothing is repeated")]);
    const plain = file("plain.json", JSON.stringify(json(["fit", "surface", "-i", table, ...columns])));
    const asked = isoflop(["predict", plain, "--at", "1e21", "--unique", "1e9"]);
    expect([asked.code, asked.stderr]).toEqual([
      2,
      expect.stringContaining("--unique is for a surface of the form data-constrained or data-constrained-tied"),
    ]);
  });
});
