import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { file, fixture, isoflop, json } from "../isoflop.js";
import { csv, logs } from "./logs.js";

const sizes = ["--rule", "N=n_params", "--rule", "D=step*batch_size*seq_len"];
const hparams = "n_params: 1000000\nbatch_size: 64\nseq_len: 256\n";
const trained = ["--rule", "N=1e6", "--rule", "D=step*16384"];

interface Said {
  readonly kind: string;
  readonly runs: readonly string[];
  readonly message: string;
}
const noticesOf = (args: readonly string[]) => json(["import", ...args]).notices as unknown as readonly Said[];
const rowsOf = (args: readonly string[]) =>
  json(["import", ...args]).rows as unknown as readonly Record<string, unknown>[];

describe("logs of one's own", () => {
  test("PyTorch Lightning's metrics have holes: a loss stands beside what was said last", () => {
    const path = logs("lightning_logs", {
      "version_0/hparams.yaml": hparams,
      "version_0/metrics.csv": csv("epoch,lr,step,train_loss,val_loss,tokens", [
        [0, 0.001, 49, 3.2, "", 819200],
        [0, "", 99, "", 3, ""],
        [1, 0.0005, 149, 2.8, "", 2457600],
        [1, "", 199, "", 2.5, ""],
      ]),
      "version_1/hparams.yaml": `${hparams}optimizer: !!python/name:torch.optim.AdamW ''\n`.replace(
        "1000000",
        "4000000",
      ),
      "version_1/metrics.csv": csv("epoch,step,val_loss", [[0, 99, 2.9]]),
    });
    expect(json(["import", path, ...sizes]).notices).toEqual([]);
    expect(rowsOf([path, ...sizes])).toEqual([
      { label: "version_0", step: 199, N: 1e6, D: 199 * 64 * 256, loss: 2.5 },
      { label: "version_1", step: 99, N: 4e6, D: 99 * 64 * 256, loss: 2.9 },
    ]);
    const every = [path, "--every", "--rule", "N=n_params", "--columns", "D=tokens"];
    expect(rowsOf(every)).toMatchObject([
      { step: 99, D: 819200, loss: 3 },
      { step: 199, D: 2457600, loss: 2.5 },
    ]);
    expect(noticesOf(every)).toMatchObject([{ kind: "incomplete", runs: ["version_1"] }]);
  });

  test("JSONL as Python writes it, with constants in its first line, NaN and a last line that is not whole", () => {
    const path = logs("jsonl", {
      "a.jsonl": [
        '{"config": {"n_params": 1000000, "batch_size": 64, "seq_len": 256, "name": "NaN is a word"}}',
        '{"step": 100, "val": {"loss": 3.0}, "grad": Infinity}',
        '{"step": 200, "val": {"loss": 2.5}, "grad": -Infinity}',
        '{"step": 300, "val": {"lo',
      ].join("\n"),
      "b.jsonl":
        '{"config": {"n_params": 4000000, "batch_size": 64, "seq_len": 256}}\n{"step": 100, "val": {"loss": NaN}}\n',
    });
    const { rows, notices } = json(["import", path, ...sizes, "--columns", "loss=val.loss"]);
    expect(rows).toMatchObject([
      { label: "a", step: 200, loss: 2.5 },
      { label: "b", step: 100, loss: null },
    ]);
    expect(notices).toMatchObject([
      { kind: "truncated", runs: ["a"] },
      { kind: "not-finite", runs: ["b"] },
    ]);
  });

  test("nan and inf of CSV, and losses that were NaN and are not any more", () => {
    const path = logs("nan", {
      "a.csv": csv("step,val_loss,grad_norm", [
        [100, "nan", "inf"],
        [200, 2.5, "-inf"],
      ]),
      "b.csv": csv("step,val_loss,grad_norm", [
        [100, 3, 1],
        [200, "nan", 1],
      ]),
      "c.csv": csv("step,val_loss,grad_norm", [
        [100, 3, 1],
        [200, "inf", 1],
      ]),
    });
    const { stdout } = isoflop(["import", path, ...trained]);
    expect(stdout).toBe(
      "label,step,N,D,loss\na,200,1000000,3276800,2.5\nb,200,1000000,3276800,NaN\nc,200,1000000,3276800,NaN\n",
    );
  });

  test("a trainer's state is its history: that of the last checkpoint", () => {
    const state = (steps: number) =>
      JSON.stringify({
        max_steps: 1000,
        total_flos: steps * 1e15,
        log_history: [100, 500, 1000]
          .filter((step) => step <= steps)
          .map((step) => ({ step, epoch: step / 500, eval_loss: 3 - step / 1000, eval_runtime: 2 })),
      });
    const path = logs("hf", {
      "run-a/checkpoint-500/trainer_state.json": state(500),
      "run-a/checkpoint-1000/trainer_state.json": state(1000),
    });
    expect(rowsOf([path, "--columns", "C=total_flos", "--rule", "N=1e8"])).toMatchObject([
      { label: "run-a", step: 1000, C: 1e18, N: 1e8, loss: 2 },
    ]);
  });

  test("several runs in one file, by the name in each row", () => {
    const path = file(
      "long.csv",
      csv("run,step,val_loss", [
        ["a", 100, 3],
        ["b", 100, 2.9],
        ["a", 200, 2.5],
        ["b", 200, 2.4],
      ]),
    );
    expect(rowsOf([path, ...trained])).toMatchObject([
      { label: "a", step: 200, loss: 2.5 },
      { label: "b", step: 200, loss: 2.4 },
    ]);
  });

  test("of a training and a validation loss the latter is meant", () => {
    const path = file(
      "both.csv",
      csv("step,loss,val_loss", [
        [100, 3, 3.1],
        [200, 2.5, 2.6],
      ]),
    );
    expect(json(["import", path, ...trained]).fields).toMatchObject({ loss: { column: "val_loss" } });
    expect(rowsOf([path, ...trained, "--columns", "loss=loss"])).toMatchObject([{ loss: 2.5 }]);
  });
});

describe("moments", () => {
  const losses = [3, 2.6, 2.2, 2.6, 2.4, 2.3, 2.7];
  const path = () =>
    file(
      "moments.csv",
      csv(
        "step,val_loss",
        losses.map((loss, i) => [100 * (i + 1), loss]),
      ),
    );

  test("the last, or the best, each after smoothing, or all", () => {
    const at = (...args: string[]) =>
      rowsOf([path(), ...trained, ...args]).map(({ step, loss }) => [step, Number((loss as number).toFixed(6))]);
    expect(at()).toEqual([[700, 2.7]]);
    expect(at("--smooth", "3")).toEqual([[700, 2.466667]]);
    expect(at("--point", "best")).toEqual([[300, 2.2]]);
    // The single low one is no longer the best.
    expect(at("--point", "best", "--smooth", "3")).toEqual([[500, 2.4]]);
    expect(at("--every").map(([step]) => step)).toEqual([100, 200, 300, 400, 500, 600, 700]);
  });

  test("all of them are curves that Approach 1 reads", () => {
    const sizes = Array.from({ length: 13 }, (_, i) => Math.round(1e6 * 10 ** (i / 6)));
    const lossOf = (N: number, D: number) => 1.69 + 406.4 / N ** 0.34 + 410.7 / D ** 0.28;
    const curve = (N: number) =>
      csv(
        "step,val_loss",
        Array.from({ length: 40 }, (_, i) => [i + 1, lossOf(N, (i + 1) * 2 ** 24)]),
      );
    const files = sizes.flatMap((N) => [
      [`n${N}/log.csv`, curve(N)] as const,
      [`n${N}/config.json`, JSON.stringify({ n_params: N })] as const,
    ]);
    const path = logs("curves", Object.fromEntries(files));
    const out = isoflop(["import", path, "--every", "--columns", "N=n_params", "--rule", "D=step*2^24"]);
    expect(out.code).toBe(0);
    const { status, points, fit } = json(["fit", "approach1", "-i", "-"], { stdin: out.stdout });
    expect(status).toBe("converged");
    expect(points!.used).toBe(sizes.length * 40);
    // β / (α + β) of the surface that the curves are of.
    expect(fit!.N!.exponent!.value).toBeCloseTo(0.28 / 0.62, 1);
  });
});

describe("what is odd about a log is named", () => {
  test("steps that are there twice after a resume: the later ones count", () => {
    const path = file(
      "resumed.csv",
      csv("step,val_loss", [
        [100, 3],
        [200, 2.8],
        [300, 2.7],
        [200, 2.75],
        [300, 2.6],
        [400, 2.5],
      ]),
    );
    expect(rowsOf([path, ...trained, "--every"]).map(({ step, loss }) => [step, loss])).toEqual([
      [100, 3],
      [200, 2.75],
      [300, 2.6],
      [400, 2.5],
    ]);
    expect(noticesOf([path, ...trained])).toMatchObject([
      { kind: "repeated-steps", message: "steps from 200 on are there twice, as after a resume; the later ones count" },
    ]);
  });

  test("step 0 has seen nothing: it is no row of a curve", () => {
    const path = file(
      "zero.csv",
      csv("step,val_loss", [
        [0, 10],
        [100, 3],
      ]),
    );
    expect(rowsOf([path, ...trained, "--every"]).map(({ step }) => step)).toEqual([100]);
    expect(noticesOf([path, ...trained, "--every"])).toMatchObject([
      { kind: "step-zero", message: "1 row is left out: D is 0 at step 0" },
    ]);
  });

  test("steps that are counted from 0 are one fewer than were done", () => {
    const path = logs("from-zero", {
      "a/log.csv": csv("step,val_loss", [
        [0, 10],
        [999, 3],
      ]),
      "a/config.yaml": "max_steps: 1000\n",
    });
    expect(noticesOf([path, ...trained])).toMatchObject([{ kind: "step-zero" }]);
    expect(noticesOf([path, ...trained])[0]!.message).toContain(
      "at step 999 all 1000 of max_steps are done; a rule with (step + 1)",
    );
  });

  test.each([
    [
      "a log that counts epochs alone",
      csv("epoch,val_loss", [
        [0, 3],
        [1, 2.5],
      ]),
      "counts epochs and no steps",
    ],
    [
      "steps that are epochs",
      csv("epoch,step,val_loss", [
        [0, 0, 3],
        [1, 1, 2.5],
      ]),
      "its steps are its epochs",
    ],
    [
      "as many steps as epochs were meant",
      csv("step,val_loss", [
        [9, 3],
        [10, 2.5],
      ]),
      "which is epochs = 10: they seem to be epochs",
    ],
  ])("%s", (name, text, said) => {
    const path = logs(`epochs-${name}`, { "a/log.csv": text, "a/config.yaml": "epochs: 10\n" });
    const notices = noticesOf([path, "--rule", "N=1e6", "--rule", "D=1e6"]);
    expect(notices).toMatchObject([{ kind: "epochs", runs: ["a"] }]);
    expect(notices[0]!.message).toContain(said);
  });

  test("a rule of steps where there are none is refused with the reason", () => {
    const { code, stderr } = isoflop([
      "import",
      file(
        "epochs.csv",
        csv("epoch,val_loss", [
          [0, 3],
          [1, 2.5],
        ]),
      ),
      ...trained,
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain("isoflop: there is no row: epochs: 1 row is left out");
    expect(stderr).toContain("D is not known: there is no step");
  });

  test("more than the peak of the devices", () => {
    const row = (name: string, C: number) => [name, C, 1e9, 2.5, 48600];
    const path = file(
      "mfu.csv",
      csv("name,flops,params,val_loss,seconds", [row("one", 6.89e18), row("sixteen", 16 * 6.89e18)]),
    );
    expect(noticesOf([path, "--peak", "312e12"])).toMatchObject([{ kind: "utilisation", runs: ["sixteen"] }]);
    expect(noticesOf([path, "--peak", "312e12"])[0]!.message).toContain("C / (seconds · peak) is 7.27");
    expect(noticesOf([path])).toEqual([]);
  });

  test("the same run twice counts once", () => {
    const text = csv("step,val_loss", [
      [100, 3],
      [200, 2.5],
    ]);
    const path = logs("same", { "a.csv": text, "copy of a.csv": text });
    expect(rowsOf([path, ...trained])).toHaveLength(1);
    expect(noticesOf([path, ...trained])).toMatchObject([{ kind: "same-run", runs: ["a"] }]);
  });

  test.each([
    [
      "tokens in millions",
      "params,tokens_m,flops",
      [
        [1e8, 2000, 1.2e18],
        [2e8, 4000, 4.8e18],
      ],
      "--columns D=tokens_m",
      "--rule 'D=1e6*tokens_m'",
    ],
    [
      "parameters in billions",
      "params_b,tokens,flops",
      [
        [0.1, 2e9, 1.2e18],
        [0.2, 4e9, 4.8e18],
      ],
      "--columns N=params_b",
      "--rule 'N=1e9*params_b'",
    ],
    [
      "compute in PF-days",
      "params,tokens,pf_days",
      [
        [1e9, 2e10, 1.39],
        [2e9, 4e10, 5.56],
      ],
      "--columns C=pf_days",
      "--rule 'C=8.64e19*pf_days'",
    ],
    [
      "parameters in millions, and no compute",
      "params_m,tokens",
      [
        [12.5, 2e9],
        [25.25, 4e9],
      ],
      "--columns N=params_m",
      "--rule 'N=1e6*params_m'",
    ],
  ] as const)("%s: the rule that puts it right is offered, and is right", (name, header, rows, given, offered) => {
    const path = file(
      `units-${name}.csv`,
      csv(
        `name,val_loss,${header}`,
        rows.map((row, i) => [`r${i}`, 2.5 - i / 10, ...row]),
      ),
    );
    const columns = given.split(" ");
    const notices = noticesOf([path, ...columns]).filter(({ kind }) => kind === "units");
    expect(notices.map(({ message }) => message.split("; ")[1])).toEqual([`${offered} puts it right`]);
    const rule = /'(.*)'/.exec(offered)![1]!;
    expect(noticesOf([path, "--rule", rule])).toEqual([]);
  });
});

describe("rules", () => {
  const path = () =>
    logs("rules", {
      "a/log.csv": csv("step,val/loss,tokens", [
        [100, 3, 1e6],
        [200, 2.5, 2e6],
      ]),
      "a/config.yaml": "model: {width: 64, layers: 4}\nbatch: 32\n",
    });
  const sizeBy = (rule: string) =>
    rowsOf([path(), "--columns", "loss=val/loss", "--rule", "D=1e9", "--rule", `N=${rule}`])[0]!.N;

  test.each([
    ["2+3*4", 14],
    ["(2+3)*4", 20],
    ["2*3^2", 18],
    ["2^3^2", 512],
    ["2**10", 1024],
    ["100-10-5", 85],
    ["-2+5", 3],
    ["7%4", 3],
    ["1.5e3/2", 750],
    ["max(10,model.width)+min(1,2)", 65],
    ["12*layers*width^2", 12 * 4 * 64 * 64],
    ["tokens/step", 1e4],
    ['round("val/loss"*10)', 25],
    ["round(exp(log(batch)))", 32],
  ])("%s is %f", (rule, value) => expect(sizeBy(rule)).toBe(value));

  test("fields may follow from fields, in any order, and from the column of their own name", () => {
    const rows = rowsOf([
      path(),
      "--columns",
      "loss=val/loss",
      "--rule",
      "C=6*N*D",
      "--rule",
      "N=12*layers*width^2",
      "--rule",
      "D=1e3*tokens",
    ]);
    expect(rows).toMatchObject([{ C: 6 * 196608 * 2e9, N: 196608, D: 2e9 }]);
  });

  test.each([
    ["D=process.exit(1)", "there is no such function"],
    ["D=constructor.constructor('x')()", "there is no such function"],
    ["D=a=>a", "cannot be read"],
    ["D=step*", "cannot be read"],
    ["D=step&batch", '"&" has no place in a rule'],
    ["D=step[0]", "a name may have points"],
    ["D=[1,2]", "has no place in a rule"],
    ["D=true", "has no place in a rule"],
    ["step*batch", "is not field=expression"],
    ["D=this", "has no place in a rule"],
  ])("%s is refused before anything is read", (rule, said) => {
    const { code, stderr } = isoflop(["import", "nowhere", "--rule", rule]);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  test("a name that no log has is named, with the one that was meant", () => {
    const { code, stderr } = isoflop([
      "import",
      path(),
      "--columns",
      "loss=val/loss",
      "--rule",
      "N=1e6",
      "--rule",
      "D=step*batchs",
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain(
      'no log has "batchs" (for the rule D=step*batchs); there are: model.width, model.layers, batch',
    );
    expect(stderr).toContain('did you mean "batch"?');
  });

  test("a rule that leads back to itself has no value", () => {
    const { code, stderr } = isoflop([
      "import",
      path(),
      "--columns",
      "loss=val/loss",
      "--rule",
      "N=D/20",
      "--rule",
      "D=20*N",
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/N is not known at step 200/);
  });
});

describe("the table", () => {
  const table = readFileSync(fixture("dit_isoflop_exact"), "utf8");

  test("is what every other command reads, without a word of columns", () => {
    const [names, ...rows] = table
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    const at = (name: string) => names!.indexOf(name);
    const files = rows.map(
      (cells, i) =>
        [
          `r${i}/log.jsonl`,
          `{"config": {"my_flops": ${cells[at("C")]}, "my_size": ${cells[at("N")]}}}\n{"step": 10, "eval": ${cells[at("loss")]}}\n`,
        ] as const,
    );
    const path = logs("whole", Object.fromEntries(files));
    const columns = ["--columns", "C=my_flops,N=my_size,loss=eval"];
    for (const kind of ["csv", "json", "jsonl"]) {
      const out = file(`made.${kind}`, "");
      expect(isoflop(["import", path, ...columns, "--out", out]).code).toBe(0);
      const { fit } = json(["fit", "isoflop", "-i", out]);
      const { fit: right } = json(["fit", "isoflop", "-i", fixture("dit_isoflop_exact")]);
      expect(fit!.N!.exponent!.value).toBeCloseTo(Number(right!.N!.exponent!.value), 12);
    }
  });

  test("a run that diverged is one in JSON too", () => {
    const rows = [
      [1e6, 1e9, 2.5],
      [2e6, 1e9, "nan"],
      [3e6, 1e9, 2.4],
    ];
    const out = isoflop([
      "import",
      file(
        "some.csv",
        csv(
          "name,params,tokens,val_loss",
          rows.map((row, i) => [`r${i}`, ...row]),
        ),
      ),
      "--as",
      "json",
    ]);
    expect(JSON.parse(out.stdout)[1].loss).toBe("NaN");
    const { points } = json(["fit", "surface", "-i", "-"], { stdin: out.stdout, code: 4 });
    expect(points!.dropped![0]).toMatchObject({ row: 2, reason: "no-loss" });
  });

  test("alone is on standard output, and what is said of it on standard error", () => {
    const { stdout, stderr } = isoflop(["import", file("one.csv", csv("step,val_loss", [[100, 3]])), ...trained]);
    expect(stdout).toBe("label,step,N,D,loss\none,100,1000000,1638400,3\n");
    expect(stderr).toContain("D = step*16384");
    expect(stderr).toMatch(/tokens/);
  });

  test("is never written over a log, nor over a file of somebody else", () => {
    const path = file("log.csv", csv("step,val_loss", [[100, 3]]));
    expect(isoflop(["import", path, ...trained, "--out", path])).toMatchObject({ code: 2 });
    const other = file("other.csv", "mine\n");
    expect(isoflop(["import", path, ...trained, "--out", other]).stderr).toContain("name another file or add --force");
    expect(isoflop(["import", path, ...trained, "--out", other, "--force"]).code).toBe(0);
  });

  test("needs two of C, N and D, and says how to give them", () => {
    const { code, stderr } = isoflop(["import", file("loss.csv", csv("step,val_loss,lr", [[100, 3, 0.1]]))]);
    expect(code).toBe(3);
    expect(stderr).toContain(
      "two of C, N and D are needed and none is known; say it with --columns N=…,D=… or by a rule",
    );
  });

  test("has the names of --keep, and constants that are not the same in all runs", () => {
    const path = logs("kept", {
      "a/log.csv": csv("step,val_loss,fid", [[100, 3, 20]]),
      "a/config.yaml": "optimizer: adamw\nlr: 0.1\ndataset: emoji\n",
      "b/log.csv": csv("step,val_loss,fid", [[100, 2.9, 18]]),
      "b/config.yaml": "optimizer: muon\nlr: 0.1\ndataset: emoji\n",
    });
    expect(rowsOf([path, ...trained, "--keep", "fid"])).toMatchObject([
      { label: "a", fid: 20, optimizer: "adamw" },
      { label: "b", fid: 18, optimizer: "muon" },
    ]);
    expect(json(["import", path, ...trained, "--keep", "fid"]).columns).not.toContain("dataset");
  });

  test.each([
    ["a path that is not there", ["nowhere"], /there is no nowhere/],
    ["a folder without a log", ["empty"], /has no log; expected folders of W&B runs/],
    ["runs of this program", ["ours"], /has runs of isoflop train, which every command reads as they are/],
  ])("%s", (_, [name], said) => {
    logs("empty", { "notes.txt": "nothing" });
    logs("ours", { "abc/run.json": "{}", "abc/metrics.jsonl": '{"step":0,"loss":1}\n' });
    const path = name === "nowhere" ? name! : logs(name!, {});
    const { code, stderr } = isoflop(["import", path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(said);
  });
});
