import { describe, expect, it } from "vitest";
import {
  bestCurves,
  type Collapse,
  type CollapseOptions,
  collapse,
  expectOk,
  normals,
  type ProgressCurve,
  parseCurves,
  random,
  readCollapse,
  ScalingError,
  writeRecord,
} from "../src/index.js";

interface Family {
  readonly runs?: number;
  readonly floor?: number;
  /** Points of each curve. */
  readonly steps?: number;
  /** Deviations of ln (L − L0): of single points, along the training, and of its beginning against its end. */
  readonly point?: number;
  readonly path?: number;
  readonly tilt?: number;
  readonly seed?: number;
  /** What a run's loss above the floor is multiplied with. */
  readonly spoil?: (x: number, run: number) => number;
  readonly repeats?: number;
}

/** Curves that are one by construction: L0 + F_r · (x^−0.4 + 0.5) / 1.5, of runs from 10⁸ tokens on, each twice as long. */
const family = ({
  runs = 8,
  floor = 1.5,
  steps = 200,
  point = 0,
  path = 0,
  tilt = 0,
  seed = 0,
  spoil,
  repeats = 1,
}: Family = {}) => {
  const normal = normals(random(seed));
  const curves: ProgressCurve[] = [];
  for (let k = 0; k < runs * repeats; k++) {
    const r = Math.floor(k / repeats);
    const total = 1e8 * 2 ** r;
    const lean = tilt * normal();
    let walk = 0;
    const points = Array.from({ length: steps }, (_, i) => {
      const x = (i + 1) / steps;
      walk = walk * (1 - 1 / 40) + Math.sqrt(2 / 40) * path * normal();
      const noise = Math.exp(lean * (1 - x) + walk * Math.sqrt(1 - x) + point * normal());
      const above = 0.8 * 2 ** (-0.12 * r) * ((x ** -0.4 + 0.5) / 1.5);
      return { D: x * total, loss: floor + above * (spoil?.(x, k) ?? 1) * noise };
    });
    curves.push({ N: 1e6 * 2 ** r, label: `run ${k}`, points });
  }
  return curves;
};

const told = (of: Family, options: CollapseOptions = {}): Collapse =>
  expectOk(collapse(family(of), { draws: 199, ...options }));
const spoilers = ({ runs }: Collapse) => runs.filter(({ spoils }) => spoils).map(({ label }) => label);

describe("a collapse", () => {
  it("that is exact by construction: the curve, the floor, and no deviation", () => {
    const found = told({});
    expect(found.floor.value).toBeCloseTo(1.5, 3);
    expect(found.floor.from).toBe("collapse");
    expect(spoilers(found)).toEqual([]);
    expect(Math.max(...found.deviation)).toBeLessThan(1e-4);
    found.x.forEach((x, k) => {
      // Points about a place are averaged, by which a steep curve is a little higher.
      expect(found.curve[k]! / ((x ** -0.4 + 0.5) / 1.5)).toBeCloseTo(1, 1);
    });
    expect(found.curve.at(-1)).toBe(1);
    expect(found.x.at(-1)).toBe(1);
  });

  it("with a floor that is given is normalised by hand", () => {
    const curves = [0, 1, 2, 3, 4].map((r) => ({
      label: `${r}`,
      points: [0.1, 0.2, 0.4, 0.8, 1].map((x) => ({ D: 1e6 * x, loss: 1 + (2 + r) / x })),
    }));
    const found = expectOk(collapse(curves, { floor: 1, draws: 19 }));
    expect(found.x).toEqual([0.1, 0.2, 0.4, 0.8, 1]);
    expect(found.curve).toEqual([10, 5, 2.5, 1.25, 1].map((v) => expect.closeTo(v, 12)));
    expect(found.floor).toEqual({ value: 1, range: [1, 1], from: "given" });
  });

  it.each<[string, Family]>([
    ["noise of single steps", { point: 0.02 }],
    ["noise that wanders along the training", { path: 0.01, point: 0.005 }],
    ["noise of the end", { tilt: 0.02, point: 0.003 }],
    ["few points each", { steps: 8, point: 0.005 }],
    ["few runs", { runs: 5, path: 0.01, point: 0.005 }],
  ])("has no spoiler where none is, in one family of twenty at most: %s", (_, of) => {
    let alarms = 0;
    for (let seed = 0; seed < 60; seed++)
      alarms += spoilers(told({ ...of, seed }, { seed, draws: 99 })).length > 0 ? 1 : 0;
    // Above this in one of a hundred sets of families of which 5 % give an alarm.
    expect(alarms).toBeLessThanOrEqual(7);
  });

  it("finds the run of a rate that is too high, early, and no other", () => {
    let [found, others, early] = [0, 0, 0];
    for (let seed = 0; seed < 25; seed++) {
      const spoil = (x: number, run: number) => (run === 2 ? 1 + 0.12 * (1 - x) : 1);
      const answer = told({ path: 0.005, point: 0.005, spoil, seed }, { seed });
      const names = spoilers(answer);
      found += names.includes("run 2") ? 1 : 0;
      others += names.some((name) => name !== "run 2") ? 1 : 0;
      const [worst] = answer.runs;
      if (worst!.label === "run 2") {
        expect(worst!.factor).toBeGreaterThan(1);
        early += worst!.seenFrom !== undefined && worst!.seenFrom < 0.9 ? 1 : 0;
      }
    }
    expect(found).toBeGreaterThanOrEqual(23);
    expect(others).toBeLessThanOrEqual(3);
    expect(early).toBeGreaterThanOrEqual(12);
  });

  it("finds two runs that learn too slowly", () => {
    const spoil = (x: number, run: number) => (run === 1 || run === 6 ? x ** -0.1 : 1);
    const answer = told({ runs: 10, path: 0.005, point: 0.005, spoil, seed: 3 });
    expect(spoilers(answer).sort()).toEqual(["run 1", "run 6"]);
    expect(answer.floor.value).toBeCloseTo(1.5, 1);
    // What holds is told without them.
    expect(Math.max(...answer.deviation)).toBeLessThan(0.03);
  });

  it("a run of another level but the same shape is none of its business", () => {
    const spoil = (_: number, run: number) => (run === 3 ? 1.3 : 1);
    expect(spoilers(told({ path: 0.005, spoil }))).toEqual([]);
  });

  it("is finer than the noise of repeated runs where that is of whole curves", () => {
    const level = [0.97, 1.02, 1.01, 0.99, 1.03, 0.98, 0.96, 1.04, 1.0, 1.01, 0.98, 1.02, 1.03, 0.97, 1.01, 0.99];
    const answer = told({ repeats: 2, point: 0.001, spoil: (_, run) => level[run]! });
    expect(answer.noise!.length).toBe(answer.x.length);
    expect(answer.supercollapse).toBeCloseTo(answer.x[0]!, 12);
    // σ by hand: pairs a, b about their mean, √ of the mean of (a − b)² / 2 over it.
    const pairs = Array.from({ length: 8 }, (_, r) => [level[2 * r]!, level[2 * r + 1]!] as const);
    const sigma = Math.sqrt(pairs.reduce((s, [a, b]) => s + (2 * (a - b) ** 2) / (a + b) ** 2, 0) / 8);
    expect(answer.noise![5]! / sigma).toBeCloseTo(1, 1);
    expect(told({ point: 0.001 }).noise).toBeUndefined();
  });

  it("survives JSON, and gives the same answer for the same seed", () => {
    const { ok: _, ...record } = told({ point: 0.01 }) as Collapse & { ok?: true };
    expect(readCollapse(writeRecord(record))).toEqual(record);
    expect(told({ point: 0.01 })).toEqual({ ok: true, ...record });
    expect(() => readCollapse({ ...record, x: [-1] })).toThrow(/x\[0\] is -1/);
  });

  it("declines too few curves or places, and refuses what cannot be", () => {
    expect(collapse(family({ runs: 4 }))).toMatchObject({ ok: false, reason: "too-few-points" });
    expect(collapse(family({ steps: 3 }))).toMatchObject({ ok: false, reason: "too-few-points" });
    expect(() => collapse(family(), { from: 1 })).toThrow("from is 1; expected a share between 0 and 1");
    expect(() => collapse(family(), { floor: 3 })).toThrow(/floor is 3; expected a loss of at least 0 and below/);
    expect(() => collapse([{ points: [] }, ...family()])).toThrow("curve 1 has no points");
    const bad = family().with(2, { points: [{ D: 1, loss: -1 }] });
    expect(() => collapse(bad)).toThrow(ScalingError);
  });
});

describe("curves from a table", () => {
  const rows = [
    "run,tokens,L,size",
    "b,200,1.5,7",
    "a,0,9,3",
    "a,10,2,3",
    "a,20,1.9,3",
    "a,20,1.8,3",
    "b,100,1.7,7",
    "b,150,nan,7",
  ];
  const columns = { label: "run", D: "tokens", loss: "L", N: "size" };

  it("are grouped by run and ordered; what has no place is dropped with its reason", () => {
    const { curves, unit, dropped } = parseCurves(rows.join("\n"), { columns });
    expect(unit).toBe("D");
    expect(curves).toEqual([
      {
        label: "b",
        N: 7,
        points: [
          { D: 100, loss: 1.7 },
          { D: 200, loss: 1.5 },
        ],
      },
      {
        label: "a",
        N: 3,
        points: [
          { D: 10, loss: 2 },
          { D: 20, loss: 1.8 },
        ],
      },
    ]);
    expect(dropped.map(({ row, reason }) => [row, reason])).toEqual([
      [2, "at-zero"],
      [7, "no-loss"],
    ]);
  });

  it("errors name row and column", () => {
    expect(() => parseCurves("label,loss\na,1")).toThrow("there is no column C, D or step");
    expect(() => parseCurves("label,C,loss\na,1,-2")).toThrow("row 1: loss is -2");
    expect(() => parseCurves("label,C,loss,N\na,1,2,5\na,2,2,6")).toThrow(
      'row 2: N is 6, and before it was 5 in run "a"',
    );
    expect(() => parseCurves("C,loss\n1,2")).toThrow('there is no column "label"');
  });

  it("the best of each compute is kept", () => {
    const curve = (label: string, N: number, D: number, loss: number) => ({ label, N, points: [{ D, loss }] });
    const all = [curve("a", 1, 100, 3), curve("b", 2, 50, 2), curve("c", 4, 25, 2.5), curve("d", 4, 250, 1)];
    expect(bestCurves(all, "D").map(({ label }) => label)).toEqual(["b", "d"]);
    expect(bestCurves(all, "C").map(({ label }) => label)).toEqual(["c", "b", "a", "d"]);
    expect(() => bestCurves([{ points: [{ D: 1, loss: 1 }] }], "step")).toThrow("the size N of curve 1 is not known");
  });
});
