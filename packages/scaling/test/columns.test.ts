import { describe, expect, it } from "vitest";
import {
  columnsCalled,
  parsePoints,
  parseRuns,
  readCondition,
  readTable,
  rowsBy,
  rowsWhere,
  ScalingError,
} from "../src/index.js";
import { read } from "./data.js";

const errorOf = (work: () => unknown): ScalingError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ScalingError) return error;
  }
  throw new Error("no ScalingError was thrown");
};

describe("common names of columns", () => {
  it.each([
    ["flops,params,val_loss", "6e12,1e4,2"],
    ["Training FLOPs;Model Size;Final Loss", "6e12;1e4;2"],
    ["compute_budget,n_params,eval/loss", "6e12,1e4,2"],
    ["TRAINING COMPUTE,non-embedding,Validation Loss", "6e12,1e4,2"],
    ["tokens,parameters,loss", "1e8,1e4,2"],
    ["D_tokens,N_params,eval_loss", "1e8,1e4,2"],
    ["c,n,LOSS", "6e12,1e4,2"],
  ])("%s", (header, row) => {
    const { runs, named } = parseRuns(`${header}\n${row}`);
    expect(runs).toMatchObject([{ C: 6e12, N: 1e4, D: 1e8, loss: 2 }]);
    const columns = header.split(/[,;]/);
    for (const column of Object.values(named)) expect(columns).toContain(column);
    const exact = columns.filter((column) => ["C", "N", "D", "loss"].includes(column));
    expect(Object.keys(named)).toHaveLength(columns.length - exact.length);
  });

  it("real tables need none to be named", () => {
    const epoch = parseRuns(read("chinchilla_epoch_svg.csv"));
    expect([epoch.runs.length, epoch.named]).toEqual([245, { C: "Training FLOP", N: "Model Size" }]);
    const llama = parseRuns(read("llama3_isoflops.csv"));
    const named = { C: "compute_budget", D: "training_tokens", loss: "validation_loss" };
    expect([llama.runs.length, llama.named]).toEqual([133, named]);
    expect(llama.runs).toEqual(parseRuns(read("llama3_isoflops.csv"), { columns: named }).runs);
  });

  it("an exact name wins, and two of C, N and D are enough", () => {
    const { runs, named } = parseRuns("C,N,loss,tokens,val_loss,params\n6e12,1e4,2,7,9,8");
    expect([runs[0]!.D, runs[0]!.loss, named]).toEqual([1e8, 2, {}]);
    const asked = parseRuns("flops,params,tokens,val_loss\n6e12,1e4,7,2", { columns: { C: "flops", N: "params" } });
    expect([asked.runs[0]!.D, asked.named]).toEqual([1e8, { loss: "val_loss" }]);
  });

  it("two that could be one are refused with both names", () => {
    const text = "C,params,non_embedding_params,loss\n6e12,1e4,9e3,2";
    const { code, field, message } = errorOf(() => parseRuns(text));
    expect([code, field]).toEqual(["missing-column", "N"]);
    expect(message).toBe('both "params" and "non_embedding_params" could be N; name the one it is');
    expect(parseRuns(text, { columns: { N: "params" } }).runs[0]!.N).toBe(1e4);
    expect(errorOf(() => parseRuns("C,N,val_loss,test_loss\n6e12,1e4,9,2")).message).toMatch(/val_loss.*test_loss/);
    // A column that is a metric is not also the loss.
    const metric = { columns: { metrics: { test: "test_loss" } } };
    expect(parseRuns("C,N,val_loss,test_loss\n6e12,1e4,9,2", metric).runs[0]!.loss).toBe(9);
  });

  it("units other than one and names of other things are not guessed", () => {
    for (const header of ["params (M),tokens,loss", "n,batch_size,loss", "name,lr,loss", "N,tokens_B,loss"])
      expect(errorOf(() => parseRuns(`${header}\n1,2,3`)).code).toBe("missing-column");
  });

  it("unique tokens are a predictor where they are numbers", () => {
    const of = (column: string, cell: string) => parseRuns(`N,D,loss,${column}\n1e4,1e8,2,${cell}\n1e4,2e8,2,`);
    expect(of("unique_tokens", "1e7").runs.map(({ inputs }) => inputs)).toEqual([{ U: 1e7 }, {}]);
    expect(of("unique_tokens", "1e7").named).toEqual({ U: "unique_tokens" });
    expect([of("U", "1e7").runs[0]!.inputs, of("U", "1e7").named]).toEqual([{ U: 1e7 }, {}]);
    for (const [column, cell] of [
      ["U", "uniform"],
      ["unique_tokens", "-1"],
      ["u", "1e7"],
    ] as const)
      expect(of(column, cell).runs[0]).not.toHaveProperty("inputs");
  });

  it.each([
    ["C,N,nll", {}, "nll"],
    ["C,N,train_loss", {}, "train_loss"],
    ["C,params_active,loss", { N: "param_active" }, "params_active"],
    ["C,parasm,loss", { N: "params" }, "parasm"],
    ["C,N,loos", { loss: "loss" }, "loos"],
  ])("%s with %j: did you mean %s?", (header, columns, meant) => {
    expect(errorOf(() => parseRuns(`${header}\n6e12,1e4,2`, { columns })).message).toMatch(
      new RegExp(`; there are: .*; did you mean "${meant}"\\?$`),
    );
  });

  it("nothing is proposed where nothing is near", () => {
    expect(errorOf(() => parseRuns("C,N,x\n1,2,3")).message).toMatch(/there are: C, N, x$/);
  });
});

describe("conditions", () => {
  const table = readTable("optimizer,D,note\nadamw,1e9,\nadamw,2000000000,a b\nmuon,5e8,x\nmuon,,=\n");
  const rows = (...texts: string[]) => rowsWhere(table, texts.map(readCondition)).numbers;

  it.each([
    ["optimizer=adamw", [1, 2]],
    ["optimizer != adamw", [3, 4]],
    ["D>=1e9", [1, 2]],
    ["D>1000000000", [2]],
    ["D<1e9", [3]],
    ["D <= 1e9", [1, 3]],
    ["D=2e9", [2]],
    ["D!=2e9", [1, 3, 4]],
    ["D==2e9", [2]],
    ["D=", [4]],
    ["note=a b", [2]],
    ["note==", [1]],
    ["optimizer>b", [3, 4]],
    ["optimizer>1", []],
  ])("%s: numbers as numbers, text as text", (text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  it("several hold together, and a column that is not there is named with those that are", () => {
    expect(rows("optimizer=adamw", "D>1e9")).toEqual([2]);
    expect(errorOf(() => rows("optimiser=adamw")).message).toBe(
      'there is no column "optimiser" (for where); there are: optimizer, D, note; did you mean "optimizer"?',
    );
    for (const wrong of ["D", ">1", "", "D~1"]) expect(errorOf(() => readCondition(wrong)).code).toBe("bad-option");
  });

  it("rows of each value keep their places; numbers ascend", () => {
    const by = rowsBy(readTable("C,k\n1,10\n2,9\n3,b\n4,10\n5,a"), "k");
    expect([...by].map(([value, { numbers }]) => [value, numbers])).toEqual([
      ["9", [2]],
      ["10", [1, 4]],
      ["b", [3]],
      ["a", [5]],
    ]);
  });

  it("rows that are not wanted are not checked, whatever is in them", () => {
    const text = "C,N,loss,task\n6e12,1e4,2,a\n6e12,-1,2,b\n6e12,big,nan,b\n6e12,2e4,1.9, a\n6e12,2e4,1.9,a";
    expect(errorOf(() => parseRuns(text.replace("big", "1"))).row).toBe(2);
    const only = parseRuns(text, { columns: { label: "task" }, only: "a" });
    expect(only.runs.map(({ row, label }) => [row, label])).toEqual([
      [1, "a"],
      [4, "a"],
    ]);
    expect([only.otherLabels, only.otherRows, only.labels]).toEqual([2, 0, ["a", "b"]]);
    expect(only.dropped).toMatchObject([{ row: 5, reason: "duplicate" }]);
    const where = parseRuns(text, { where: [readCondition("task=a"), readCondition("N<2e4")] });
    expect([where.runs.length, where.otherRows, where.otherLabels]).toEqual([1, 4, 0]);
    expect(parseRuns(text, { columns: { label: "task" }, only: "c" })).toMatchObject({ runs: [], dropped: [] });
    expect(errorOf(() => parseRuns(text, { only: "a" })).code).toBe("missing-column");
  });

  it("a field may be asked for where its column has another name", () => {
    const text = "flops,params,loss\n6e12,1e4,2\n6e14,2e4,1.9";
    expect(parseRuns(text, { where: [readCondition("C>1e13")] }).runs).toMatchObject([{ N: 2e4 }]);
    expect(errorOf(() => parseRuns(text, { where: [readCondition("D>1e13")] })).code).toBe("missing-column");
  });

  it("points of a law are chosen alike", () => {
    const text = "C,L,set\n1,3,a\n2,-1,b\n4,2,a\n4,2,a";
    const { x, dropped, otherRows } = parsePoints(text, { x: "C", y: "L", where: [readCondition("set=a")] });
    expect([x, dropped.length, otherRows]).toEqual([[1, 4], 1, 1]);
    expect(parsePoints(text, { x: "C", y: "L", where: [readCondition("x>=4")], duplicates: "keep" }).x).toEqual([4, 4]);
  });
});

describe("rows that take no part in what is fitted", () => {
  it("a metric is fitted whatever stands for the loss and its error", () => {
    const rows = ["n/a,0.1", "-1,0.1", "inf,x", "180,-2", "2,0.1"].map(
      (cells, i) => `6e12,${i + 1}e4,${cells},${50 - i}`,
    );
    const text = `C,N,loss,sigma,fid\n${rows.join("\n")}`;
    expect(errorOf(() => parseRuns(text)).row).toBe(1);
    const { runs, dropped } = parseRuns(text, { quantity: "fid" });
    expect(dropped).toEqual([]);
    expect(runs.map(({ loss }) => loss)).toEqual([50, 49, 48, 47, 2]);
    expect(runs.map(({ metrics }) => metrics!.fid)).toEqual([50, 49, 48, 47, 46]);
    expect(runs.map(({ sigma }) => sigma)).toEqual([0.1, 0.1, undefined, undefined, 0.1]);
  });
});

it("the columns that could be a field: its own name first, then common ones in the order of the table", () => {
  expect(columnsCalled(["val/loss", "loss", "train/loss", "Final Loss"], "loss")).toEqual([
    "loss",
    "val/loss",
    "Final Loss",
  ]);
  expect(columnsCalled(["n_params", "Model Size", "width"], "N")).toEqual(["n_params", "Model Size"]);
  expect(columnsCalled(["width"], "D")).toEqual([]);
});
