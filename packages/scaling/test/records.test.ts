import { jsonSchema } from "@isoflop/spec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bootstrapIsoFlop,
  bootstrapSurface,
  compareSides,
  expectOk,
  fitLaw,
  type IsoFlopOptions,
  isoFlop,
  lawForms,
  normals,
  optima,
  planNext,
  predictIsoFlop,
  predictLaw,
  predictSurface,
  type Run,
  random,
  readComparison,
  readIsoFlop,
  readLawFit,
  readPlan,
  readPrediction,
  readRecord,
  readSharedFit,
  readSurfaceFit,
  recordSchemas,
  type SavedRecord,
  ScalingError,
  sharedSurface,
  sideOfLaw,
  sideOfSurface,
  surface,
  surfaceForms,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";

/** A study of five budgets; half of the seeds state the errors of their runs, or make a budget that is refused. */
const study = (seed: number): Run[] => {
  const normal = normals(random(seed));
  const truth = surfaceFrom("chinchilla", { E: 1.5, A: 300, B: 900, alpha: 0.33, beta: 0.3 });
  return [1e17, 4e17, 1.6e18, 6e18, 2.4e19].flatMap((C, b) =>
    [-1.2, -0.6, 0, 0.6, 1.2].map((x, i) => {
      const N = 0.12 * C ** 0.49 * Math.exp(x + (seed % 3 === 0 && b === 4 ? 4 : 0));
      const D = C / ((5 + (seed % 4)) * N);
      const loss = surfaceLoss(truth, { N, D }) * Math.exp(0.002 * normal());
      const metrics = { fid: 8 * loss ** 3, constructor: loss };
      return {
        C,
        N,
        D,
        loss,
        metrics,
        inputs: { U: loss, toString: 0 },
        row: 5 * b + i + 1,
        label: i === 0 ? "Infinity" : `run ${i}`,
        ...(seed % 2 === 0 && { sigma: 0.01 }),
      };
    }),
  );
};

const isoFlopOptions = [
  {},
  { optimum: "akima" },
  { optimum: "huber", scale: "log", huberDelta: 0.01 },
  { axis: "D", quantity: "fid" },
  { budgets: [1e17, 4e17, 1.6e18, 6e18], tolerance: 0.05 },
] as const;

/** Every kind of record of a study. */
const makeRecords = (seed: number): SavedRecord[] => {
  const runs = study(seed);
  const fit = isoFlop(runs, isoFlopOptions[seed % isoFlopOptions.length]);
  const drawn = { seed, resamples: 30 };
  const form = surfaceForms.names[seed % 4]!;
  const objective = (["log-huber", "log-squares", "squares"] as const)[seed % 3]!;
  const loss = expectOk(surface(runs, { form, objective, biasAt: 1e20 }));
  const data = optima(isoFlop(runs), "loss");
  const many = { x: runs.map(({ C }) => C), y: runs.map((run) => run.loss) };
  const laws = ["power", "saturating"].flatMap((name) => {
    const law = fitLaw(name, data.x, data.y);
    return law.ok ? [law] : [];
  });
  const spread = many.x.map((x, i) => x * (1 + i / 100));
  const broken = fitLaw("broken", spread, many.y, { breaks: seed === 1 ? 2 : 1 });
  const plan = planNext(loss, { target: { C: 1e22, quantity: "loss" }, allowance: 1e20 });
  const sides = [...laws.map((law) => sideOfLaw("a", law)), sideOfSurface("b", loss)].flatMap((side) =>
    side.ok ? [side] : [],
  );
  const [a, b = a] = [sides.at(0), sides.at(-1)];
  const answers = [
    predictIsoFlop(fit, 1e21),
    predictSurface(loss, { C: 1e21 }),
    predictSurface(loss, { N: 1e9, D: 1e11 }),
  ];
  return [
    fit,
    {
      ...fit,
      bootstrap: bootstrapIsoFlop(runs, {
        ...fit.choices,
        ...drawn,
        resample: "residuals",
        quantity: "loss",
        at: [1e20],
      }),
    },
    loss,
    { ...loss, bootstrap: bootstrapSurface(loss, runs, drawn) },
    expectOk(
      sharedSurface([
        { name: "one", runs },
        { name: "other", runs: study(seed + 1) },
      ]),
    ),
    ...laws,
    ...(broken.ok ? [broken] : []),
    ...laws.map((law) => predictLaw(law, 1e22)),
    ...answers.flatMap((answer) => (answer.ok ? [answer] : [])),
    compareSides(a!, b!, { draws: 20, quantity: loss.quantity }),
    ...(plan.ok ? [plan] : []),
  ];
};

const made = new Map<number, SavedRecord[]>();

const recordsOf = (seed: number): SavedRecord[] => {
  const records = made.get(seed) ?? makeRecords(seed);
  made.set(seed, records);
  return records;
};

const seeds = Array.from({ length: 6 }, (_, i) => i);

describe("records", () => {
  it.each(seeds)("of study %i survive JSON bit for bit, and answer as before", (seed) => {
    for (const record of recordsOf(seed)) {
      const again = readRecord(writeRecord(record));
      expect(again).toEqual(record);
      // In memory a record is one as well.
      expect(readRecord(again)).toEqual(record);
      if (again.record === "isoflop" && record.record === "isoflop")
        expect(predictIsoFlop(again, 1e21, { N: 1e9 })).toEqual(predictIsoFlop(record, 1e21, { N: 1e9 }));
      if (again.record === "surface" && record.record === "surface")
        expect(predictSurface(again, { loss: 3 })).toEqual(predictSurface(record, { loss: 3 }));
      if (again.record === "law" && record.record === "law")
        expect(predictLaw(again, 1e20)).toEqual(predictLaw(record, 1e20));
      if (again.record === "plan" && record.record === "plan") {
        const { target, allowance } = record;
        expect(planNext(again.surface, { target, allowance })).toEqual(planNext(record.surface, { target, allowance }));
      }
    }
  });

  it("each has a reader of its own, which takes no other", () => {
    const readers = {
      isoflop: readIsoFlop,
      surface: readSurfaceFit,
      shared: readSharedFit,
      law: readLawFit,
      prediction: readPrediction,
      comparison: readComparison,
      plan: readPlan,
    };
    const records = [1, 2].flatMap(recordsOf);
    for (const [kind, reader] of Object.entries(readers)) {
      const own = records.find(({ record }) => record === kind)!;
      expect(reader(writeRecord(own))).toEqual(own);
      const other = records.find(({ record }) => record !== kind)!;
      expect(() => reader(writeRecord(other))).toThrow(`record is "${other.record}"; it must be "${kind}"`);
    }
  });
});

/** JSON has one zero. */
const unsigned = <T>(value: T): T => {
  if (Object.is(value, -0)) return 0 as T;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unsigned) as T;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unsigned(entry)])) as T;
};

describe("records of studies that show nothing", () => {
  const level = fc.constantFrom(1, 1, 1.5, 2, 2.0000001, 3, 0.001, 90);
  const size = fc.constantFrom(1e3, 2e3, 4e3, 8e3, 1.6e4, 1e9);
  const some = fc.array(
    fc.record({
      C: fc.constantFrom(1e12, 4e12, 1.6e13, 1e17),
      N: size,
      D: fc.constantFrom(1e7, 2e7, 5e8, 1e13),
      loss: level,
    }),
    { maxLength: 40 },
  );
  const saves = (make: () => SavedRecord | { readonly ok: boolean }) => {
    let made: ReturnType<typeof make>;
    try {
      made = make();
    } catch (error) {
      // What has no logarithm is refused before there is a record.
      expect(error).toBeInstanceOf(ScalingError);
      return;
    }
    if ("record" in made) expect(readRecord(writeRecord(made))).toEqual(unsigned(made));
  };

  it("survive as well: plateaus, steps, single sizes, no runs", () => {
    fc.assert(
      fc.property(
        some,
        fc.constantFrom<IsoFlopOptions>(
          {},
          { axis: "D" },
          { optimum: "akima" },
          { optimum: "huber" },
          { scale: "log" },
        ),
        (runs, options) => {
          saves(() => isoFlop(runs, options));
        },
      ),
      { numRuns: 400 },
    );
    saves(() => isoFlop([]));
  });

  it("surfaces at their bounds too", () => {
    fc.assert(
      fc.property(
        some,
        fc.constantFrom(...surfaceForms.names),
        fc.constantFrom("log-huber" as const, "squares" as const),
        (runs, form, objective) => {
          saves(() => surface(runs, { form, objective }));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("laws of steps and plateaus too", () => {
    const values = fc.array(level, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(values, fc.constantFrom("power", "saturating", "broken"), (y, form) => {
        saves(() =>
          fitLaw(
            form,
            y.map((_, i) => 3 ** i),
            y,
          ),
        );
      }),
      { numRuns: 40 },
    );
  });
});

type Path = readonly (string | number)[];

/** Where numbers, words and flags stand. */
const leaves = (value: unknown, path: Path = []): Path[] => {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, entry]) => leaves(entry, [...path, key]));
};

const told = (path: Path): string =>
  path.reduce<string>((words, key) => (typeof key === "number" ? `${words}[${key}]` : `${words}.${key}`), "fit");

describe("a mutilated record", () => {
  const documents = [1, 2, 3, 4].flatMap(recordsOf).map((record) => JSON.parse(writeRecord(record)) as object);

  it("is refused, naming the field", () => {
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), (document, n) => {
        const all = leaves(document);
        const path = all[n % all.length]!;
        const copy = structuredClone(document);
        const parent = path
          .slice(0, -1)
          .reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], copy);
        (parent as Record<string | number, unknown>)[path.at(-1)!] = {};
        expect(() => readRecord(copy, "fit")).toThrow(told(path));
      }),
      { numRuns: 400 },
    );
  });

  const [fit, , surfaceFit] = [2, 2, 2].map((seed, i) => recordsOf(seed)[i === 2 ? 2 : 0]!);
  const saturating = recordsOf(1).find((record) => record.record === "law" && record.law.kind === "saturating")!;
  const change = (record: SavedRecord, edit: (document: never) => void): (() => SavedRecord) => {
    const document = JSON.parse(writeRecord(record)) as never;
    edit(document);
    return () => readRecord(document, "fit");
  };

  it.each<[string, SavedRecord, (document: never) => void, string]>([
    [
      "a covariance that is not symmetric",
      surfaceFit!,
      (d: { covariance: number[][] }) => {
        d.covariance[0]![1]! += 1;
      },
      "fit.covariance[0][1]",
    ],
    [
      "a variance below 0",
      surfaceFit!,
      (d: { covariance: number[][] }) => {
        d.covariance[2]![2] = -1;
      },
      "fit.covariance[2][2] is -1; it must be a variance of at least 0",
    ],
    [
      "θ that is not known",
      surfaceFit!,
      (d: { theta: unknown[] }) => {
        d.theta[1] = null;
      },
      "fit.theta[1] is null",
    ],
    [
      "θ that is too short",
      surfaceFit!,
      (d: { theta: unknown[] }) => {
        d.theta.pop();
      },
      "fit.theta is a list of",
    ],
    [
      "a form that is not there",
      surfaceFit!,
      (d: { form: string }) => {
        d.form = "chinchila";
      },
      'did you mean "chinchilla"?',
    ],
    [
      "more law points than budgets",
      fit!,
      (d: { loss: { points: number; degreesOfFreedom: number } }) => {
        d.loss.points = 99;
        d.loss.degreesOfFreedom = 97;
      },
      "fit.loss.points is 99; it must be at most",
    ],
    [
      "degrees of freedom that do not go with the points",
      fit!,
      (d: { N: { degreesOfFreedom: number } }) => {
        d.N.degreesOfFreedom = 40;
      },
      "fit.N.degreesOfFreedom is 40; it must be",
    ],
    [
      "a run without its residual",
      fit!,
      (d: { budgets: { runs: unknown[] }[] }) => {
        d.budgets[0]!.runs.pop();
      },
      "fit.budgets[0].runs is a list of 4; it must be a list of 5",
    ],
    [
      "points that are not those of the law",
      saturating,
      (d: { data: { x: number[]; y: number[] } }) => {
        d.data.x.pop();
        d.data.y.pop();
      },
      "fit.data.x is a list of",
    ],
    [
      "x without its y",
      saturating,
      (d: { data: { y: number[] } }) => {
        d.data.y.pop();
      },
      "fit.data.y is a list of",
    ],
    [
      "a field that no record has",
      fit!,
      (d: { tolerance?: number }) => {
        d.tolerance = 1;
      },
      'fit has an unknown key "tolerance"',
    ],
  ])("%s", (_, record, edit, message) => {
    expect(change(record, edit)).toThrow(message);
    expect(change(record, edit)).toThrow(ScalingError);
  });

  it("has names for its metrics, and numbers for them", () => {
    const metrics = (value: unknown) =>
      change(fit!, (d: { budgets: { runs: { metrics: unknown }[] }[] }) => {
        d.budgets[1]!.runs[2]!.metrics = value;
      });
    expect(metrics([3])).toThrow("fit.budgets[1].runs[2].metrics is a list of 1; it must be a record");
    expect(metrics({ toString: "3" })).toThrow(
      'fit.budgets[1].runs[2].metrics.toString is "3"; it must be a number or null',
    );
  });

  it("takes no word for a number but infinity, and no interval upside down", () => {
    for (const word of ["constructor", "NaN", "1", "infinity"])
      expect(
        change(fit!, (d: { N: { exponent: { standardError: unknown } } }) => {
          d.N.exponent.standardError = word;
        }),
      ).toThrow(`fit.N.exponent.standardError is "${word}"; it must be a number of at least 0, or null`);
    expect(
      change(fit!, (d: { N: { exponent: { ci95: unknown } } }) => {
        d.N.exponent.ci95 = [2, "-Infinity"];
      }),
    ).toThrow("fit.N.exponent.ci95 is a list of 2; it must be two numbers, the smaller first");
    expect(
      change(fit!, (d: { N: { exponent: { ci95: unknown } } }) => {
        d.N.exponent.ci95 = [1, 2, 3];
      }),
    ).toThrow("fit.N.exponent.ci95");
  });

  it("and what is no record is told what would be one", () => {
    expect(() => readRecord("{")).toThrow(/^it is not JSON/);
    expect(() => readRecord('{"record":"surfac"}', "fit.json")).toThrow(
      'fit.json.record is "surfac"; it must be one of "isoflop", "surface"',
    );
    expect(() => readIsoFlop([])).toThrow("it is a list of 0; it must be a record");
    for (const text of ["{", "null", "3"])
      expect(() => readLawFit(text)).toThrow(expect.objectContaining({ code: "bad-format" }));
  });
});

describe("JSON Schema", () => {
  it.each(Object.entries(recordSchemas))("%s has its fields", (name, schema) => {
    const text = JSON.stringify(jsonSchema(schema, name));
    expect(text).toContain(`"const":"${name}"`);
    expect(text).toContain('"title"');
  });

  it("knows every form of law", () => {
    const text = JSON.stringify(jsonSchema(recordSchemas.law, "law"));
    for (const { name } of lawForms) expect(text).toContain(`"const":"${name}"`);
  });
});
