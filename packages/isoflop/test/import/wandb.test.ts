import { describe, expect, test } from "vitest";
import { isoflop, json } from "../isoflop.js";
import { csv, linked, logs, wandbRun } from "./logs.js";

const config = { n_params: 1000000, model: { width: 64, betas: [0.9, 0.99] }, batch_size: 64, seq_len: 256, seed: 1 };
const sizes = ["--rule", "D=(_step+1)*batch_size*seq_len"];
const summary = (values: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ _step: 999, _runtime: 321.5, _timestamp: 1700000321.5, _wandb: { runtime: 321 }, ...values });

const under = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));

describe("folders of runs", () => {
  test("constants and last values, with what differs between the runs as columns", () => {
    const path = logs("offline", {
      ...under(
        "wandb/run-20240101_120000-abc123",
        wandbRun(config, summary({ "val/loss": 2.5, train: { loss: 2.4 } })),
      ),
      ...under(
        "wandb/offline-run-20240102_120000-def456",
        wandbRun({ ...config, n_params: 4000000, seed: 2 }, summary({ "val/loss": 2.25 })),
      ),
      "wandb/debug.log": "nothing\n",
    });
    linked("offline", "wandb/latest-run", "run-20240101_120000-abc123");
    const { rows, notices, fields, guessed } = json(["import", path, ...sizes]);
    expect(rows).toEqual([
      { label: "def456", step: 999, N: 4000000, D: 16384000, loss: 2.25, seed: 2, seconds: 321.5 },
      { label: "abc123", step: 999, N: 1000000, D: 16384000, loss: 2.5, seed: 1, seconds: 321.5, "train.loss": 2.4 },
    ]);
    expect(notices).toEqual([]);
    expect(fields).toMatchObject({ N: { column: "n_params" }, loss: { column: "val/loss" } });
    expect(guessed).toEqual(["N", "loss"]);
  });

  test.each(['"NaN"', "NaN", '"Infinity"', "-Infinity"])(
    "a loss of %s in the summary is a run that diverged",
    (word) => {
      const text = summary({ "val/loss": 0 }).replace('"val/loss":0', `"val/loss":${word}`);
      const path = logs(
        `nan-${word.replaceAll('"', "q")}`,
        under("run-20240101_120000-abc123", wandbRun(config, text)),
      );
      const { stdout, stderr, code } = isoflop(["import", path, ...sizes]);
      expect(code).toBe(0);
      expect(stdout).toContain("abc123,999,1000000,16384000,NaN,1,321.5");
      expect(stderr).toContain("caution: not-finite: abc123: its loss is not a number: it diverged");
    },
  );

  test("a run that was resumed is there twice by its id: what goes further counts", () => {
    const path = logs("twice", {
      ...under("run-20240101_120000-abc123", wandbRun(config, summary({ _step: 400, "val/loss": 3 }))),
      ...under("run-20240102_120000-abc123", wandbRun(config, summary({ _step: 999, "val/loss": 2.5 }))),
    });
    const { rows, notices } = json(["import", path, ...sizes]);
    expect(rows).toMatchObject([{ step: 999, loss: 2.5 }]);
    expect(notices).toMatchObject([{ kind: "same-run" }]);
    expect(notices![0]!.message).toMatch(/^run abc123 is there twice in .*20240101.* and .*20240102/);
  });

  test("runs that crashed, are running or stopped before their last step are left out and named", () => {
    const path = logs("unfinished", {
      ...under("run-1-good", wandbRun({ ...config, max_steps: 1000 }, summary({ "val/loss": 2.5 }))),
      ...under("run-2-early", wandbRun({ ...config, max_steps: 2000 }, summary({ "val/loss": 2.6 }))),
      ...under("run-3-bad", wandbRun(config, summary({ "val/loss": 2.7 }), { state: "crashed" })),
      ...under("run-4-new", wandbRun(config, "{}", { state: "running" })),
    });
    const { rows, notices } = json(["import", path, ...sizes]);
    expect(rows).toMatchObject([{ label: "good" }]);
    const said = Object.fromEntries(
      (notices as unknown as { kind: string; runs: string[]; message: string }[])
        .filter(({ kind }) => kind === "unfinished")
        .map(({ runs, message }) => [runs[0], message.split(",")[0]]),
    );
    expect(said).toEqual({
      early: "it ends at step 999 of 2000 (max_steps)",
      bad: "it crashed",
      new: "it is still running",
    });
  });

  test("the binary log is refused in words", () => {
    const path = logs("binary", { "run-1-abc/run-abc.wandb": "\u0000\u0001" });
    const { code, stderr } = isoflop(["import", `${path}/run-1-abc/run-abc.wandb`]);
    expect(code).toBe(3);
    expect(stderr).toContain('is the binary log of W&B, which only "wandb sync" reads; give its folder');
  });

  test("a summary that is no JSON, and a config that is no YAML, are named", () => {
    const path = logs("broken", under("run-1-abc", wandbRun(config, '{"loss": 2')));
    expect(isoflop(["import", path]).stderr).toMatch(/wandb-summary\.json is not JSON/);
    const other = logs("broken-config", { "run-1-abc/files/config.yaml": "a: [1\nb: 2\n" });
    expect(isoflop(["import", other])).toMatchObject({ code: 3 });
    expect(isoflop(["import", other]).stderr).toMatch(/config\.yaml: .* at line 2/);
  });
});

describe("exports", () => {
  test("the table of runs: states, names that are not unique, cells with commas", () => {
    const path = logs("table", {
      "wandb_export.csv": [
        '"Name","State","Notes","User","Tags","Created","Runtime","Sweep","batch_size","n_params","seq_len","_step","val/loss"',
        '"small","finished","-","me","a, b","2024-01-01T12:00:00.000Z","321","","64","1000000","256","999","2.5"',
        '"small","finished","-","me","","2024-01-02T12:00:00.000Z","320","","64","1000000","256","999","2.51"',
        '"large","crashed","-","me","","2024-01-03T12:00:00.000Z","12","","64","4000000","256","10","5.5"',
        '"huge","running","-","me","","2024-01-03T12:00:00.000Z","12","","64","9000000","256","10","5.6"',
        '"wide","finished","-","me","","2024-01-04T12:00:00.000Z","700","","64","4000000","256","999","NaN"',
        "",
      ].join("\n"),
    });
    const { rows, notices } = json(["import", `${path}/wandb_export.csv`, ...sizes]);
    expect(rows).toMatchObject([
      { label: "small", step: 999, N: 1e6, D: 16384000, loss: 2.5, seconds: 321, Tags: "a, b" },
      { label: "small (2)", loss: 2.51, seconds: 320 },
      { label: "wide", N: 4e6, loss: null },
    ]);
    expect((notices as unknown as { kind: string; runs: string[] }[]).map(({ kind, runs }) => [kind, ...runs])).toEqual(
      [
        ["unfinished", "large"],
        ["unfinished", "huge"],
        ["not-finite", "wide"],
      ],
    );
  });

  test("a chart is a history for each run that it draws", () => {
    const path = logs("chart", {
      "chart.csv": csv(
        '"Step","small - val/loss","small - val/loss__MIN","small - val/loss__MAX","large - val/loss","large - val/loss__MIN","large - val/loss__MAX"',
        [
          [100, 3, 3, 3, "", "", ""],
          [200, 2.5, 2.4, 2.6, 2.75, 2.75, 2.75],
          [300, "", "", "", 2.25, 2.25, 2.25],
        ],
      ),
    });
    const { rows } = json(["import", path, "--rule", "N=1e6", "--rule", "D=step*16384"]);
    expect(rows).toEqual([
      { label: "small", step: 200, N: 1e6, D: 3276800, loss: 2.5 },
      { label: "large", step: 300, N: 1e6, D: 4915200, loss: 2.25 },
    ]);
  });

  test("as many rows at equal steps are a log that was written so", () => {
    const rows = Array.from({ length: 500 }, (_, i) => [10 * (i + 1), 3 - i / 1000]);
    const path = logs("regular", { "small.csv": csv("_step,val/loss", rows) });
    expect(json(["import", path, "--rule", "N=1e6", "--rule", "D=_step*16384"]).notices).toEqual([]);
  });

  test.each([
    [500, "run.history() samples them at random"],
    [10000, "W&B's exports end"],
  ])("a history of exactly %i rows is told to be a sample", (count, said) => {
    const rows = Array.from({ length: count }, (_, i) => [7 * i + (i % 3), 3 - i / (2 * count)]);
    const path = logs(`sampled-${count}`, {
      "small.csv": csv("_step,val/loss", rows),
      "other.csv": csv("_step,val/loss", rows.slice(1)),
    });
    const { notices } = json(["import", path, "--rule", "N=1e6", "--rule", "D=(_step+1)*16384"]);
    expect(notices).toMatchObject([{ kind: "sampled", runs: ["small"] }]);
    expect(notices![0]!.message).toContain(`exactly ${count} rows, as ${said}`.replace("as run", "as W&B's run"));
  });
});
