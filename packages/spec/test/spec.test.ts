import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  attempt,
  choice,
  jsonSchema,
  type KindSpec,
  kind,
  kinds,
  nameOrRecord,
  number,
  only,
  positive,
  RegistryError,
  read,
  record,
  registry,
  text,
  whole,
} from "../src/index.js";
import { nearest } from "../src/nearest.js";

class Refused extends Error {}
const reading = { name: "spec", error: (message: string) => new Refused(message) };
const messageOf = (schema: v.GenericSchema, value: unknown): string => {
  try {
    read(schema, value, reading);
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
};

const optimizer = record({
  rate: positive,
  warmup: v.optional(number({ atLeast: 0, below: 1 }), 0.05),
  steps: v.optional(whole({ atLeast: 1 }), 10),
  shape: v.optional(choice(["linear", "cosine"]), "linear"),
  name: v.optional(text),
});

describe("records", () => {
  it("fill in defaults and keep what is given", () => {
    expect(read(optimizer, { rate: 1, shape: "cosine" }, reading)).toEqual({
      rate: 1,
      warmup: 0.05,
      steps: 10,
      shape: "cosine",
    });
  });
  it.each<[unknown, string]>([
    [{}, "spec.rate is missing; it must be a finite number above 0"],
    [{ rate: undefined }, "spec.rate is missing; it must be a finite number above 0"],
    [{ rate: 0 }, "spec.rate is 0; it must be a finite number above 0"],
    [{ rate: Number.NaN }, "spec.rate is NaN; it must be a finite number above 0"],
    [{ rate: Number.POSITIVE_INFINITY }, "spec.rate is Infinity; it must be a finite number above 0"],
    [{ rate: "1" }, 'spec.rate is "1"; it must be a finite number above 0'],
    [{ rate: 1, warmup: 1 }, "spec.warmup is 1; it must be a finite number of at least 0 and below 1"],
    [{ rate: 1, steps: 1.5 }, "spec.steps is 1.5; it must be a whole number of at least 1"],
    [
      { rate: 1, shape: "linaer" },
      'spec.shape is "linaer"; it must be one of "linear", "cosine" (did you mean "linear"?)',
    ],
    [{ rate: 1, shape: 3 }, 'spec.shape is 3; it must be one of "linear", "cosine"'],
    [{ rate: 1, name: "" }, 'spec.name is ""; it must be a text'],
    [
      { rate: 1, warmpu: 0 },
      'spec has an unknown key "warmpu"; did you mean "warmup"? it takes rate, warmup, steps, shape, name',
    ],
    [{ raet: 1 }, 'spec has an unknown key "raet"; did you mean "rate"? it takes rate, warmup, steps, shape, name'],
    [new Map(), "spec.rate is missing; it must be a finite number above 0"],
    [[], "spec is a list of 0; it must be a record"],
    [[1], "spec is a list of 1; it must be a record"],
    [null, "spec is null; it must be a record"],
    [undefined, "spec is missing; it must be a record"],
  ])("refuse %j", (value, message) => {
    expect(messageOf(optimizer, value)).toBe(message);
  });
  it("name a field inside lists and records", () => {
    const nested = record({ runs: v.array(record({ n: positive }), "a list") });
    expect(messageOf(nested, { runs: [{ n: 1 }, { n: -1 }] })).toBe(
      "spec.runs[1].n is -1; it must be a finite number above 0",
    );
    expect(messageOf(nested, { runs: [{}] })).toBe("spec.runs[0].n is missing; it must be a finite number above 0");
    expect(messageOf(nested, { runs: 3 })).toBe("spec.runs is 3; it must be a list");
    expect(messageOf(nested, {})).toBe("spec.runs is missing; it must be a list");
    expect(messageOf(record({ inner: optimizer }), {})).toBe("spec.inner is missing; it must be a record");
  });
  it("say in a sentence what several of their fields are together", () => {
    const span = v.pipe(
      record({ from: number(), to: number() }),
      v.rawCheck(({ dataset, addIssue }) => {
        if (dataset.typed && dataset.value.from > dataset.value.to) addIssue({ message: "from must come before to" });
      }),
    );
    expect(messageOf(record({ span }), { span: { from: 2, to: 1 } })).toBe("spec.span: from must come before to");
    expect(read(span, { from: 1, to: 2 }, reading)).toEqual({ from: 1, to: 2 });
  });
  it("are what a function makes of them, unless it throws", () => {
    const rooted = v.pipe(
      record({ square: number() }),
      attempt(({ square }) => {
        if (square < 0) throw new Error(`square is ${square}; it must be one`);
        return Math.sqrt(square);
      }),
    );
    expect(read(rooted, { square: 4 }, reading)).toBe(2);
    expect(messageOf(rooted, { square: -4 })).toBe("spec: square is -4; it must be one");
  });
  it("may hold anything under the names that there are", () => {
    const options = only(["device", "signal"]);
    const given = { device: new Map(), signal: undefined };
    expect(read(options, given, reading)).toEqual(given);
    expect(messageOf(options, { signl: 1 })).toBe(
      'spec has an unknown key "signl"; did you mean "signal"? it takes device, signal',
    );
    expect(messageOf(options, [])).toBe("spec is a list of 0; it must be a record");
    expect(messageOf(record({ rate: positive }), { rate: new Map() })).toBe(
      "spec.rate is a Map; it must be a finite number above 0",
    );
  });
  it("have no name before the fields where none is given", () => {
    const refuse = (value: unknown) => () => read(optimizer, value, { ...reading, name: "" });
    expect(refuse({})).toThrow("rate is missing");
    expect(refuse(3)).toThrow("it is 3; it must be a record");
  });
});

interface Curve {
  readonly at: (x: number) => number;
}
const curves = () =>
  kinds("curve", [
    kind({ name: "flat", options: {}, build: (): Curve => ({ at: () => 1 }) }),
    kind({
      name: "line",
      options: { slope: v.optional(positive, 2) },
      build: ({ slope }): Curve => ({ at: (x: number) => slope * x }),
    }),
  ]);

describe("kinds", () => {
  it("complete a record and build what it asks for", () => {
    const all = curves();
    const spec = read(all.schema, { kind: "line" }, reading);
    expect(spec).toEqual({ kind: "line", slope: 2 });
    expect(all.build(spec).at(3)).toBe(6);
  });
  it("build nothing of no record", () => {
    for (const none of [undefined, null]) expect(() => curves().build(none as never)).toThrow(RegistryError);
  });
  it.each<[unknown, string]>([
    [{ kind: "lien" }, 'spec.kind is "lien"; it must be one of "flat", "line" (did you mean "line"?)'],
    [{}, 'spec.kind is missing; it must be one of "flat", "line"'],
    [{ kind: 3 }, 'spec.kind is 3; it must be one of "flat", "line"'],
    [{ kind: "lien", slope: 3 }, 'spec.kind is "lien"; it must be one of "flat", "line" (did you mean "line"?)'],
    [[], 'spec is a list of 0; it must be a record whose kind is one of "flat", "line"'],
    [3, 'spec is 3; it must be a record whose kind is one of "flat", "line"'],
    ["line", 'spec is "line"; it must be a record whose kind is "line"'],
    ["lien", 'spec is "lien"; it must be a record whose kind is one of "flat", "line" (did you mean "line"?)'],
    [{ kind: "line", slop: 1 }, 'spec has an unknown key "slop"; did you mean "slope"? it takes kind, slope'],
    [{ kind: "line", slope: -1 }, "spec.slope is -1; it must be a finite number above 0"],
    [{ kind: "flat", slope: 1 }, 'spec has an unknown key "slope"; it takes kind'],
  ])("refuse %j", (value, message) => {
    expect(messageOf(curves().schema, value)).toBe(message);
  });
  it("take one from outside, after the schema was made", () => {
    const all = curves();
    const { schema } = record({ curve: all.schema }).entries.curve === all.schema ? all : curves();
    all.add(
      kind({ name: "square", options: { by: positive }, build: ({ by }) => ({ at: (x: number) => by * x * x }) }),
    );
    const spec: KindSpec = read(schema, { kind: "square", by: 3 }, reading);
    expect(all.build(spec).at(2)).toBe(12);
    expect(all.names).toEqual(["flat", "line", "square"]);
  });
});

it("kinds may be named by another field", () => {
  const all = kinds("curve", [kind({ name: "flat", options: {}, build: (): Curve => ({ at: () => 1 }) })], "source");
  expect(all.build(read(all.schema, { source: "flat" }, reading)).at(3)).toBe(1);
  expect(messageOf(all.schema, { source: "flta" })).toBe(
    'spec.source is "flta"; it must be one of "flat" (did you mean "flat"?)',
  );
  expect(messageOf(all.schema, { kind: "flat" })).toBe('spec.source is missing; it must be one of "flat"');
});

describe("a registry", () => {
  const a = { name: "alpha" };
  it("lists, finds, and says what there is", () => {
    const all = registry("letter", [a, { name: "beta" }]);
    expect([...all].map(({ name }) => name)).toEqual(all.names);
    expect(all.get("alpha")).toBe(a);
    expect(all.has("gamma")).toBe(false);
    expect(() => all.get("betta")).toThrow('there is no letter "betta", did you mean "beta"; there are alpha, beta');
    expect(() => all.get("omega-minus")).toThrow('there is no letter "omega-minus"; there are alpha, beta');
  });
  it("refuses a name that is taken, and takes the same part twice", () => {
    const all = registry("letter", [a]);
    all.add(a);
    expect(all.names).toEqual(["alpha"]);
    expect(() => all.add({ name: "alpha" })).toThrow('there is a letter "alpha" already; give yours a name of its own');
    expect(all.get("alpha")).toBe(a);
  });
});

describe("nearest", () => {
  it("finds the word that was meant, whatever its case", () => {
    expect(nearest("WIDHT", ["depth", "width", "heads"])).toBe("width");
  });
  it("finds none when nothing is near", () => {
    expect(nearest("xyzzyplugh", ["depth", "width"])).toBeUndefined();
  });
});

describe("a name or a record", () => {
  const all = curves();
  const schema = nameOrRecord(all);
  it("is a name where all options have their defaults, so that one part has one text", () => {
    for (const spec of ["line", { kind: "line" }, { kind: "line", slope: 2 }])
      expect(read(schema, spec, reading)).toBe("line");
    expect(read(schema, { kind: "line", slope: 3 }, reading)).toEqual({ kind: "line", slope: 3 });
    expect(all.build("line").at(3)).toBe(6);
    expect(all.build({ kind: "line", slope: 3 }).at(3)).toBe(9);
  });
  it("is refused in the words of either", () => {
    expect(messageOf(schema, "lien")).toBe('spec is "lien"; it must be one of "flat", "line" (did you mean "line"?)');
    expect(messageOf(schema, 3)).toBe('spec is 3; it must be one of "flat", "line"');
    expect(messageOf(schema, { kind: "line", slope: 0 })).toBe("spec.slope is 0; it must be a finite number above 0");
    all.add(kind({ name: "bent", options: { at: positive }, build: ({ at }) => ({ at: () => at }) }));
    expect(messageOf(schema, "bent")).toBe("spec.at is missing; it must be a finite number above 0");
  });
  it("is either to an editor", () => {
    const text = JSON.stringify(jsonSchema(schema, "Curve"));
    expect(text).toContain('"enum":["flat","line","bent"]');
    expect(text).toContain('"slope":{"type":"number","exclusiveMinimum":0,"default":2}');
  });
});

it("a schema is JSON Schema for editors", () => {
  expect(jsonSchema(optimizer, "Optimizer")).toMatchObject({
    title: "Optimizer",
    type: "object",
    required: ["rate"],
    additionalProperties: false,
    properties: {
      rate: { type: "number", exclusiveMinimum: 0 },
      warmup: { default: 0.05, minimum: 0 },
      steps: { type: "integer", minimum: 1 },
      shape: { enum: ["linear", "cosine"] },
    },
  });
});

it("kinds are any of their records to an editor, those from outside too", () => {
  const all = curves();
  all.add(kind({ name: "square", options: { by: positive }, build: ({ by }) => ({ at: (x: number) => by * x * x }) }));
  const { $defs } = jsonSchema(record({ curve: all.schema }), "Plot") as { $defs: Record<string, { anyOf: object[] }> };
  expect(Object.values($defs)[0]?.anyOf).toMatchObject([
    { properties: { kind: { const: "flat" } } },
    { properties: { kind: { const: "line" }, slope: { default: 2 } } },
    { properties: { kind: { const: "square" } }, required: ["kind", "by"] },
  ]);
});
