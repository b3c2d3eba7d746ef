import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectOk, predictRollOut, type Run, rehearsalScore, rollOut } from "@isoflop/scaling";
import { describe, expect, it } from "vitest";

const here = join(import.meta.dirname, "..");
const page = readFileSync(join(here, "README.md"), "utf8");
const [head, ...lines] = readFileSync(join(here, "runs.csv"), "utf8").trim().split("\n");

interface Row extends Run {
  readonly study: string;
  readonly held: boolean;
}
const names = head!.split(",");
const rows = lines.map((line): Row => {
  const cells = line.split(",");
  const of = (name: string) => cells[names.indexOf(name)]!;
  const [C, N, D, loss] = ["C", "N", "D", "loss"].map((name) => Number(of(name))) as [number, number, number, number];
  return { study: of("study"), held: of("held_out") === "yes", C, N, D, loss };
});
const studies = [...new Set(rows.map(({ study }) => study))];

const foreseen = (study: string, rehearse: boolean) => {
  const floor = study.startsWith("emoji") ? { value: 0.0194, standardError: 0.0008 } : undefined;
  const fitted = rows.filter((row) => row.study === study && !row.held);
  return expectOk(rollOut(fitted, { floor, rehearse }));
};

describe("the page", () => {
  it("is of five studies, each of 77 runs and two that were held out", () => {
    expect(studies).toEqual(["cifar10-0", "cifar10-1", "emoji-0", "emoji-1", "emoji-2"]);
    for (const study of studies) {
      const own = rows.filter((row) => row.study === study);
      expect([own.filter(({ held }) => !held).length, own.filter(({ held }) => held).length]).toEqual([77, 2]);
    }
  });

  it("says on which side rehearsals err, and how far", { timeout: 60_000 }, () => {
    const rehearsals = studies.flatMap((study) => foreseen(study, true).rehearsals!);
    const bias = (times: number) => {
      const means = rehearsals
        .filter(({ distance }) => Math.abs(distance / times - 1) < 0.1)
        .map(({ runs }) => runs.reduce((s, { error }) => s + error, 0) / runs.length);
      return ((100 * means.reduce((s, x) => s + x, 0)) / means.length).toFixed(1);
    };
    // An error above 0 is a run that is worse than was foreseen.
    expect(page).toContain(
      `runs are worse than was foreseen, by ${bias(2)}, ${bias(4)} and ${bias(8)} % at 2, 4 and 8 times`,
    );
    const { inside, rms } = rehearsalScore(rehearsals);
    expect(page).toContain(
      `with ${Math.round(100 * inside)} % of runs inside and a root mean square of ${rms.toFixed(2)}`,
    );
  });

  it.each(studies)("says of %s what its runs say, and what was measured", (study) => {
    const own = rows.filter((row) => row.study === study);
    const fit = foreseen(study, false);
    for (const { N, D, loss } of own.filter(({ held }) => held)) {
      const { value, interval95 } = expectOk(predictRollOut(fit, { N, D })).predicted.loss;
      const [low, high] = interval95!;
      const inside = loss > low && loss < high;
      const told = page
        .split("\n")
        .find((line) => line.includes(`| ${Math.round(N / 1e3)}k |`) && line.includes(loss.toFixed(4)));
      expect(told, `${N}`).toContain(inside ? "| inside |" : "| **outside** |");
      const [middle, from, to] = /\| (0\.\d+) \((0\.\d+) to (0\.\d+)\) \|/.exec(told!)!.slice(1).map(Number) as [
        number,
        number,
        number,
      ];
      for (const [said, found] of [
        [middle, value],
        [from, low],
        [to, high],
      ] as const)
        expect(Math.abs(said - found)).toBeLessThan(2e-4);
    }
  });
});
