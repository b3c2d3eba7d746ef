import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cleanRuns,
  dropHighestLoss,
  inputOf,
  isoFlop,
  parseDelimited,
  parsePoints,
  parseRuns,
  quantityAsLoss,
  ScalingError,
} from "../src/index.js";

const errorOf = (work: () => unknown): ScalingError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ScalingError) return error;
  }
  throw new Error("no ScalingError was thrown");
};

describe("delimited text", () => {
  it("what is written is read back, whatever the cells, delimiter and line ends", () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", "1", ",", ";", '"', "\n", " ", "é"),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.boolean(),
        (rows, delimiter, end, mark) => {
          const quote = (v: string) => `"${v.replaceAll('"', '""')}"`;
          const lines = [["x", "y", "z"].join(delimiter), ...rows.map((row) => row.map(quote).join(delimiter))];
          const table = parseDelimited((mark ? "\ufeff" : "") + lines.join(end) + end);
          expect(table.header).toEqual(["x", "y", "z"]);
          expect(table.rows).toEqual(rows);
        },
      ),
    );
  });

  it("names the row of an unclosed quote, of text after a quote and of a wrong width", () => {
    expect(errorOf(() => parseDelimited('a,b\n1,2\n"3,4\n')).message).toMatch(/row 2: a quoted cell is never closed/);
    expect(errorOf(() => parseDelimited('a,b\n"1"x,2\n')).message).toMatch(/row 1: text follows/);
    expect(errorOf(() => parseDelimited("a,b\n1,2\n1,2,3\n")).row).toBe(2);
    expect(errorOf(() => parseDelimited("")).code).toBe("bad-format");
  });
});

describe("runs", () => {
  it("semicolons, byte order mark, Windows line ends, named columns", () => {
    const { runs } = parseRuns("\ufeffflops;params;val\r\n6e18;5e7;3.5\r\n6e18;1e8;3.25\r\n", {
      columns: { C: "flops", N: "params", loss: "val" },
    });
    expect(runs).toHaveLength(2);
    expect(runs[0]).toMatchObject({ C: 6e18, N: 5e7, D: 2e10, loss: 3.5, row: 1 });
  });

  it("JSON and JSONL carry the same rows as CSV", () => {
    const rows = [
      { C: 6e12, N: 1e4, loss: 0.5, sigma: 0.01, label: "a", fid: 30 },
      { C: 6e12, N: 2e4, loss: 0.4, sigma: 0.02, label: "b", fid: 20 },
    ];
    const options = { columns: { metrics: { fid: "fid" } } };
    const csv = `C,N,loss,sigma,label,fid\n${rows.map((r) => Object.values(r).join(",")).join("\n")}`;
    const want = parseRuns(csv, options);
    expect(parseRuns(JSON.stringify(rows), options)).toEqual(want);
    expect(parseRuns(rows.map((r) => JSON.stringify(r)).join("\n"), options)).toEqual(want);
    expect(want.runs[1]).toMatchObject({ sigma: 0.02, label: "b", metrics: { fid: 20 } });
  });

  it.each([
    ["negative", "C,N,loss\n1e12,1e4,2\n1e12,2e4,-1", 2, "loss"],
    ["zero", "C,N,loss\n1e12,0,2", 1, "N"],
    ["infinite", "C,N,loss\ninf,1e4,2", 1, "C"],
    ["a perplexity", "C,N,loss\n1e12,1e4,350", 1, "loss"],
    ["N in billions", "C,N,loss\n1e20,0.4,3", 1, "N"],
    ["text", "C,N,loss\n1e12,big,2", 1, "N"],
    ["a decimal comma", 'C,N,loss\n1e12,1e4,"2,5"', 1, "loss"],
    ["a missing loss", "C,N,loss\n1e12,1e4,", 1, "loss"],
    ["tokens in millions beside C and N", "C,N,D,loss\n6e19,1e9,1e4,3", 1, "C"],
    ["a row after empty lines", "C,N,loss\n1e12,1e4,2\n\n\n1e12,0,2", 4, "N"],
    ["an empty line of JSON", '{"C":1e12,"N":1e4,"loss":2}\n\n{"C":1e12,"N":0,"loss":2}', 3, "N"],
    ["a negative sigma", "C,N,loss,sigma\n1e12,1e4,2,-1", 1, "sigma"],
  ])("%s: the error names row and field", (_, text, row, field) => {
    const error = errorOf(() => parseRuns(text));
    expect(error.row).toBe(row);
    expect(error.field).toBe(field);
    expect(error.message).toContain(`row ${row}`);
  });

  it.each([
    ["1,5e6", /with a decimal point/],
    ["1,500", /with a decimal point, and nothing between digits/],
    ["1,500,000", /without separators between digits/],
    ["1 500 000.5", /without separators between digits/],
    ["1.5M", /in units of one/],
    ["0x10", /expected a number$/],
  ])("a size of %s is no number, and the error says what would be", (size, message) => {
    expect(errorOf(() => parseRuns(`C;N;loss\n1e12;${size};2`)).message).toMatch(message);
  });

  it("a column that is there twice is asked for again", () => {
    expect(errorOf(() => parseRuns("C,N,loss,loss\n1e12,1e4,2,3")).message).toMatch(/two columns are called "loss"/);
    expect(parseRuns("C,N,loss,x,x\n1e12,1e4,2,3,4").runs).toHaveLength(1);
  });

  it("exact FLOPs and samples counted as tokens pass beside N and D", () => {
    for (const D of [1e10 / 1.7, 1e10 / 256, 1e10 / 4096])
      expect(parseRuns(`C,N,D,loss\n6e19,1e9,${D},3`).runs).toHaveLength(1);
  });

  it("a metric can stand for the loss; runs without it are listed", () => {
    const { runs } = parseRuns("C,N,loss,fid,sigma\n1e12,1e4,2,270,0.1\n1e12,2e4,2,,0.1\n1e12,3e4,2,nan,0.1", {
      columns: { metrics: { fid: "fid" } },
    });
    const taken = quantityAsLoss(runs, "fid");
    expect(taken.runs).toMatchObject([{ N: 1e4, loss: 270 }]);
    expect(taken.runs[0]).not.toHaveProperty("sigma");
    expect(taken.dropped.map(({ row, reason }) => [row, reason])).toEqual([
      [2, "no-quantity"],
      [3, "no-quantity"],
    ]);
    expect(taken.dropped[0]!.message).toBe("fid is missing; expected a positive finite number");
  });

  it("standard errors of metrics are read, become sigma with their metric, and must be errors", () => {
    const text = (error: string) => `C,N,fid,fid_standard_error,se\n1e12,1e4,20,${error},2\n1e12,2e4,10,1,3`;
    const { runs } = parseRuns(text("4"), { quantity: "fid" });
    expect(runs.map(({ standardErrors }) => standardErrors)).toEqual([{ fid: 4 }, { fid: 1 }]);
    expect(quantityAsLoss(runs, "fid").runs.map(({ sigma }) => sigma)).toEqual([4, 1]);
    const named = parseRuns(text("4"), { quantity: "fid", columns: { standardErrors: { fid: "se" } } });
    expect(named.runs.map(({ standardErrors }) => standardErrors?.fid)).toEqual([2, 3]);
    expect(() => parseRuns(text("-1"), { quantity: "fid" })).toThrow(
      "the standard error of fid is -1; expected a finite",
    );
  });

  it("further predictors are read by name, checked, and tell rows apart", () => {
    const options = { columns: { inputs: { U: "unique", "E total": "experts" } } };
    const text = (u: string) => `N,D,loss,unique,experts\n1e6,1e8,2,1e7,8\n1e6,1e8,2,${u},8`;
    expect(parseRuns(text("2e7"), options).runs.map(({ inputs }) => inputs)).toEqual([
      { U: 1e7, "E total": 8 },
      { U: 2e7, "E total": 8 },
    ]);
    const twins = parseRuns(text("10000000"), options);
    expect([twins.runs.length, twins.dropped]).toEqual([1, [expect.objectContaining({ row: 2, reason: "duplicate" })]]);
    const [, second] = parseRuns(text(""), options).runs;
    expect([inputOf(second!, "U"), inputOf(second!, "E total"), inputOf(second!, "toString")]).toEqual([
      undefined,
      8,
      undefined,
    ]);
    for (const wrong of ["nan", "inf", "many"]) {
      const { row, field, code } = errorOf(() => parseRuns(text(wrong), options));
      expect([row, field, code]).toEqual([2, "U", "bad-value"]);
    }
    expect(errorOf(() => parseRuns("N,D,loss\n1e6,1e8,2", options)).code).toBe("missing-column");
  });

  it("a missing column is named together with those that are there", () => {
    expect(errorOf(() => parseRuns("C,N,nll\n1,2,3")).message).toMatch(/no column "loss"; there are: C, N, nll/);
    expect(errorOf(() => parseRuns("C,N,loss\n1,2,3", { columns: { N: "params" } })).code).toBe("missing-column");
    expect(errorOf(() => parseRuns("C,loss\n1,2")).message).toMatch(/two of C, N and D/);
    expect(errorOf(() => parseRuns("{oops")).row).toBe(1);
    expect(errorOf(() => parseRuns("[1]")).row).toBe(1);
  });

  it("diverged runs and exact duplicates are dropped with reasons; seeds stay", () => {
    const { runs, dropped } = parseRuns("C,N,loss,seed\n1e12,1e4,2,1\n1e12,1e4,2,1\n1e12,1e4,2,2\n1e12,2e4,NaN,1");
    expect(runs).toHaveLength(2);
    expect(dropped.map((d) => [d.row, d.reason])).toEqual([
      [2, "duplicate"],
      [4, "no-loss"],
    ]);
  });

  it("bad rows can be listed instead of thrown", () => {
    const { runs, dropped } = cleanRuns(
      [
        { C: 1e12, N: 1e4, loss: 2 },
        { C: 1e12, N: -1, loss: 2 },
      ],
      { badRows: "drop" },
    );
    expect(runs).toHaveLength(1);
    expect(dropped).toMatchObject([{ row: 2, reason: "bad-row" }]);
  });

  const good = "1e12,1e4,2\n1e12,3e4,1.9";
  it.each([
    ["a word", `C,N,loss\n1e12,1e4,NA\n${good}`, /^row 1: loss is "NA"/],
    ["a short row", `C,N,loss\n1e12,3e7\n${good}`, /^row 1: 2 cells, but the header names 3/],
    ["a long row", `C,N,loss\n1,2,3,4\n${good}`, /^row 1: 4 cells/],
    ["text after a quoted cell", `C,N,loss\n"1e12"x,1e4,2\n${good}`, /^row 1: text follows/],
    [
      "a line that is no JSON",
      '{"C":1\n{"C":1e12,"N":1e4,"loss":2}\n{"C":1e12,"N":3e4,"loss":1.9}',
      /^row 1: not JSON/,
    ],
    ["a row that is no object", '[1,{"C":1e12,"N":1e4,"loss":2},{"C":1e12,"N":3e4,"loss":1.9}]', /^row 1: expected an/],
    ["an object in a cell", '[{"C":[1]},{"C":1e12,"N":1e4,"loss":2},{"C":1e12,"N":3e4,"loss":1.9}]', /^row 1: C is/],
  ])("%s is a bad row like any other", (_, text, message) => {
    const format = text.startsWith("{") ? ({ format: "jsonl" } as const) : {};
    expect(errorOf(() => parseRuns(text, format)).message).toMatch(message);
    const { runs, dropped } = parseRuns(text, { ...format, badRows: "drop" });
    expect(runs.map(({ N }) => N)).toEqual([1e4, 3e4]);
    expect(dropped).toEqual([{ row: 1, reason: "bad-row", message: expect.stringMatching(message) }]);
  });

  it("dropped rows of every kind are listed in their order", () => {
    const rows = ["1e12,1e4,2", "1e12,3e4", "1e12,1e4,nan", "1e12,x,2", "1e12,1e4,2", "1e12,1e4,-1"];
    const { dropped } = parseRuns(`C,N,loss\n${rows.join("\n")}`, { badRows: "drop" });
    expect(dropped.map(({ row, reason }) => [row, reason])).toEqual([
      [2, "bad-row"],
      [3, "no-loss"],
      [4, "bad-row"],
      [5, "duplicate"],
      [6, "bad-row"],
    ]);
  });

  it("NaN and Infinity are numbers of JSON where Python wrote them, and words in a text", () => {
    const rows = [
      '{"C": 1e12, "N": 1e4, "loss": NaN, "label": "a NaN, -Infinity \\" of NaN"}',
      '{"C": 1e12, "N": 3e4, "loss": 2, "label": "NaN"}',
    ];
    for (const text of [rows.join("\n"), `[${rows.join(",\n")}]`]) {
      const { runs, dropped } = parseRuns(text);
      expect(runs).toMatchObject([{ N: 3e4, loss: 2, label: "NaN" }]);
      expect(dropped).toMatchObject([{ row: 1, reason: "no-loss" }]);
    }
    expect(errorOf(() => parseRuns('{"C": 1e12, "N": -Infinity, "loss": 2}')).message).toMatch(/N is -Infinity/);
    expect(errorOf(() => parseRuns('{"C": NaN, "N": 1e4, "loss": oops}')).code).toBe("bad-format");
  });

  it("a metric needs no column of the loss, and no loss in every row", () => {
    const fid = parseRuns("C,N,fid\n1e12,1e4,153.6\n1e12,2e4,\n1e12,3e4,90", { quantity: "fid" });
    expect(fid.runs).toMatchObject([
      { N: 1e4, loss: 153.6, metrics: { fid: 153.6 } },
      { N: 3e4, loss: 90, metrics: { fid: 90 } },
    ]);
    expect(fid.dropped).toEqual([
      { row: 2, reason: "no-quantity", message: "fid is missing; expected a positive finite number" },
    ]);
    const both = parseRuns("C,N,loss,fid\n1e12,1e4,2,150\n1e12,2e4,,120\n1e12,3e4,nan,90", { quantity: "fid" });
    expect(both.runs.map(({ loss }) => loss)).toEqual([2, 120, 90]);
    expect(errorOf(() => parseRuns("C,N\n1e12,1e4", { quantity: "fid" })).message).toMatch(/no column "fid"/);
  });

  it.each(["__proto__", "constructor", "hasOwnProperty", "toString"])("%s is a name like any other", (name) => {
    const csv = `C,N,loss,${name}\n1e12,1e4,2,30\n1e12,3e4,1.9,20`;
    const jsonl = `{"C":1e12,"N":1e4,"loss":2,"${name}":30}\n{"C":1e12,"N":3e4,"loss":1.9,"${name}":20}`;
    for (const text of [csv, jsonl]) {
      const { runs } = parseRuns(text, { quantity: name });
      expect(quantityAsLoss(runs, name).runs.map(({ loss }) => loss)).toEqual([30, 20]);
    }
    const gap = parseRuns(`${jsonl}\n{"C":1e12,"N":5e4,"loss":1.8}`, { quantity: name });
    expect(gap.dropped).toMatchObject([{ row: 3, message: `${name} is missing; expected a positive finite number` }]);
    expect(parseRuns('{"C":1e12,"N":1e4,"loss":2}').runs[0]!.metrics).toBeUndefined();
  });

  it("filters say what they removed", () => {
    const runs = [1, 5, 3, 4].map((loss, i) => ({ C: 1, N: 1, D: 1, loss, row: i + 1 }));
    const { runs: kept, dropped } = dropHighestLoss(runs, 2);
    expect(kept.map((r) => r.loss)).toEqual([1, 3]);
    expect(dropped.map((d) => d.row)).toEqual([2, 4]);
  });

  it("a million rows pass through reading and fitting", () => {
    const line = (i: number) => {
      const C = [1e12, 3e12, 9e12][i % 3]!;
      const x = ((i * 7919) % 1000) / 500 - 1;
      return `${C},${1e5 * Math.sqrt(C / 1e12) * Math.exp(x)},${1 + 0.01 * x * x + i * 1e-12}`;
    };
    const text = `C,N,loss\n${Array.from({ length: 1_000_000 }, (_, i) => line(i)).join("\n")}`;
    const { runs, dropped } = parseRuns(text);
    expect(runs).toHaveLength(1_000_000);
    expect(dropped).toHaveLength(0);
    const { N } = isoFlop(runs);
    expect(N.ok && N.exponent.value).toBeCloseTo(0.5, 4);
  });
});

describe("points of a law", () => {
  it("leave out x = 0 and rows that are there twice, and say so", () => {
    const log = [0, 1, 2, 3, 2, 3].map((step) => JSON.stringify({ step, loss: 2 - step / 10, rate: 1 }));
    const { x, y, rows, dropped } = parsePoints(log.join("\n"), { x: "step", y: "loss" });
    expect([x, y, rows]).toEqual([
      [1, 2, 3],
      [1.9, 1.8, 1.7],
      [2, 3, 4],
    ]);
    expect(dropped).toEqual([
      { row: 1, reason: "at-zero", message: "x is 0, where a law of powers has no value" },
      { row: 5, reason: "duplicate", message: "equal in every column to row 3" },
      { row: 6, reason: "duplicate", message: "equal in every column to row 4" },
    ]);
  });

  it("keep measurements that agree by chance in another row's x and y", () => {
    expect(parsePoints("x,y,seed\n1,2,0\n1,2,1").x).toEqual([1, 1]);
  });

  it.each([
    ["x,y\n1,2\n2,-3", "row 2: y is -3; expected a finite number above 0"],
    ["x,y\n1,2\n-2,3", "row 2: x is -2; expected a finite number above 0"],
    ["x,y\n1,2\n2,", "row 2: y is missing; expected a finite number above 0"],
    ["x,y\n1,2\n2,NA", 'row 2: y is "NA"; expected a number'],
    ["x,y\n1,2\n2", "row 2: 1 cells, but the header names 2 columns"],
  ])("%j is refused, or listed", (text, message) => {
    expect(errorOf(() => parsePoints(text)).message).toBe(message);
    expect(parsePoints(text, { badRows: "drop" })).toMatchObject({
      x: [1],
      dropped: [{ row: 2, reason: "bad-row", message }],
    });
  });
});
