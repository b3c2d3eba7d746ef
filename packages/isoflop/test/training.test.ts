import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFolder } from "@isoflop/sweep/node";
import { describe, expect, test } from "vitest";
import { bin, file, isoflop, type Json, json, scratch } from "./isoflop.js";

const tiny = ["--data", "shapes", "--width", "8", "--validation-images", "64", "--learning-rate", "0.01"];
const run = (out: string, steps: number, ...more: string[]): string[] => [
  ...["train", ...tiny, "--steps", String(steps), "--out", scratch(out), "--checkpoint-seconds", "0.05"],
  ...more,
];

/** A run's checkpoints, the newest last. */
const checkpointsOf = (folder: string): string[] => {
  const all = join(folder, "checkpoints");
  const manifests = existsSync(all) ? readdirSync(all).filter((name) => name.endsWith(".json")) : [];
  return manifests.sort().map((name) => join(all, name.replace(".json", ".safetensors")));
};

/** Starts a program and halts it once it has written a checkpoint and still has one from before. */
const halted = async (args: readonly string[], folder: string): Promise<ChildProcess> => {
  const before = checkpointsOf(folder).at(-1);
  const child = spawn(process.execPath, [bin, ...args], { stdio: "ignore" });
  for (;;) {
    const now = checkpointsOf(folder);
    if (now.length === 2 && now.at(-1) !== before) break;
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it was halted`);
    await sleep(2);
  }
  child.kill("SIGSTOP");
  return child;
};

/** The folder of a run once its program has written metrics there. */
const lockedFolder = async (out: string, child: ChildProcess): Promise<string> => {
  for (;;) {
    const [id] = existsSync(out) ? readdirSync(out) : [];
    if (id !== undefined && existsSync(join(out, id, "metrics.jsonl"))) return join(out, id);
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it wrote`);
    await sleep(5);
  }
};

const LONG = 800;
describe("train", () => {
  test("is done once, and its result has its place on the axes", () => {
    const first = json(run("once", 20));
    expect(first.state).toBe("done");
    expect(first.result!.samples).toBe(320);
    expect(first.result!.tokens).toBe(320 * 64);
    expect(first.result!.loss).toBeGreaterThan(0);
    expect(json(run("once", 20))).toEqual(first);
  });

  test("interrupted, killed, and cut short, it ends at the bits of an uninterrupted run", async () => {
    const whole = json(run("whole", LONG));
    const folder = join(scratch("broken"), String(whole.id));
    const args = run("broken", LONG);
    const first = await halted(args, folder);
    const busy = isoflop(args);
    expect(busy).toMatchObject({ code: 1, stdout: "" });
    expect(busy.stderr).toContain(`in use by process ${first.pid}`);
    first.kill("SIGINT");
    first.kill("SIGCONT");
    expect((await once(first, "exit"))[0]).toBe(130);

    const second = await halted(args, folder);
    second.kill("SIGKILL");
    await once(second, "exit");
    const newest = checkpointsOf(folder).at(-1)!;
    truncateSync(newest, 1000);
    const cut = isoflop(["sample", newest, "--out", scratch("cut.png")]);
    expect(cut.code).toBe(3);
    expect(cut.stderr).toMatch(/is not a whole checkpoint: it has 1000 bytes; \d+ were written/);

    const last = isoflop([...args, "--json"]);
    expect(last.code).toBe(0);
    expect(last.stderr).toMatch(/is not a whole checkpoint.*going on from the one before/);
    expect(JSON.parse(last.stdout).result.loss).toBe(whole.result!.loss);
    const [ended, expected] = [folder, String(whole.folder)].map((path) => readFileSync(checkpointsOf(path).at(-1)!));
    expect(ended!.equals(expected!)).toBe(true);
  });

  test("a NaN loss names the step and what to do, and is remembered", () => {
    const args = run("nan", 50, "--learning-rate", "1e30");
    const first = isoflop(args);
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/diverged: the loss of step 1 is NaN .*lower optimizer\.learningRate/);
    expect(isoflop(args)).toEqual(first);
  });

  test.each([
    ["a mistyped key", { modle: {} }, 'unknown key "modle"; did you mean "model"?'],
    [
      "a mistyped key of the model",
      { model: { width: 8, dept: 2 }, steps: 2 },
      'unknown key "dept"; did you mean "depth"?',
    ],
    ["a wrong value", { model: { width: 8 }, steps: 2.5 }, "spec.steps is 2.5; it must be a whole number"],
    ["a mistyped source", { model: { width: 8 }, steps: 2, data: { source: "shape" } }, 'did you mean "shapes"?'],
    ["no width", { steps: 2 }, "spec.model.width is missing"],
    ["neither steps nor budget", { model: { width: 8 } }, "spec.steps is missing"],
    ["a budget too small for a step", { model: { width: 8 }, budget: 10 }, "is too small for one step of width 8"],
  ])("%s: status 3, the file and the field are named", (_, spec, message) => {
    const path = file("spec.json", JSON.stringify({ data: { source: "shapes" }, ...spec }));
    const { code, stderr } = isoflop(["train", path, "--out", scratch("none")]);
    expect(code).toBe(3);
    expect(stderr).toContain(path);
    expect(stderr).toContain(message);
    expect(existsSync(scratch("none"))).toBe(false);
  });

  test("a spec with options over it is the run that all options describe", () => {
    const spec = { data: { source: "shapes" }, model: { width: 8 }, steps: 9, optimizer: { learningRate: 0.01 } };
    const path = file("over.json", JSON.stringify(spec));
    const { id } = json(["train", path, "--steps", "20", "--validation-images", "64", "--out", scratch("over")]);
    expect(id).toBe(json(run("once", 20)).id);
  });

  test("a folder that cannot be written: status 1, the folder is named", () => {
    const out = join(file("a-file", ""), "runs");
    const { code, stderr } = isoflop(["train", ...tiny, "--steps", "5", "--out", out]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^isoflop: a part of the path is a file, not a folder: .*; choose another folder\n$/);
    expect(stderr).toContain(out);
  });

  test("a full disk: status 1, and the run goes on when there is space again", () => {
    const probe = json(run("probe", 40));
    mkdirSync(join(scratch("full"), String(probe.id)), { recursive: true });
    const metrics = join(scratch("full"), String(probe.id), "metrics.jsonl");
    symlinkSync("/dev/full", metrics);
    const { code, stderr } = isoflop(run("full", 40));
    expect(code).toBe(1);
    expect(stderr).toContain("no space is left on the disk: ");
    unlinkSync(metrics);
    expect(json(run("full", 40)).result!.loss).toBe(probe.result!.loss);
  });

  test("a device that is not there: status 1, and no folder", () => {
    const env = { VK_DRIVER_FILES: "/nonexistent", VK_ICD_FILENAMES: "/nonexistent" };
    const { code, stderr } = isoflop(run("gpu", 5, "--device", "webgpu"), "", env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /isoflop: (no WebGPU adapter: install a GPU driver|WebGPU outside a browser needs the package "webgpu")/,
    );
    expect(existsSync(scratch("gpu"))).toBe(false);
  });
});

describe("a lock", () => {
  test("does not keep a run that is done from being read", async () => {
    const done = json(run("kept", 20));
    const lock = await lockFolder(String(done.folder));
    expect(json(run("kept", 20))).toEqual(done);
    await lock.release();
  });

  test("that is lost ends the run: status 1, one line, and nothing more is written", async () => {
    const args = run("lost", 100_000);
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const folder = await lockedFolder(scratch("lost"), child);
    const lock = readdirSync(folder).find((name) => name.startsWith("lock~"))!;
    renameSync(join(folder, lock), join(folder, "lock~gone~ab"));
    expect((await once(child, "exit"))[0]).toBe(1);
    expect(stderr).toMatch(/^isoflop: the lock on .* was lost: .*; nothing more was written\n$/);
  });

  test("of another machine is waited for, and said; Ctrl-C ends the wait", async () => {
    const { id } = json(run("waits", 20));
    const folder = join(scratch("waits"), String(id));
    rmSync(join(folder, "run.json"));
    const lock = join(folder, `lock~elsewhere~${"0".repeat(32)}~1-2~77~1~ab`);
    mkdirSync(lock);
    writeFileSync(join(lock, "beat"), "0".padStart(12));
    for (const path of [join(lock, "beat"), lock]) utimesSync(path, 1, 1);
    const child = spawn(process.execPath, [bin, ...run("waits", 20)], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    for await (const chunk of child.stderr) {
      stderr += chunk;
      if (stderr.endsWith("\n") && !child.killed) child.kill("SIGINT");
    }
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(130);
    expect(stderr).toMatch(/waiting for a sign of life of process 77 on elsewhere, which has .*120 s/);
    expect(readdirSync(folder)).toContain(basename(lock));
  });
});

describe("sample and report", () => {
  test("pictures for captions, the same twice, with how they came about", () => {
    const { folder } = json(run("drawn", 20));
    const args = ["sample", String(folder), "--caption", "a red circle", "--caption", "a blue square", "--steps", "3"];
    const document = json([...args, "--out", scratch("one.png")]);
    expect(document).toMatchObject({
      captions: ["a red circle", "a blue square"],
      ...{ guidance: 2, steps: 3, seed: 0, evaluations: 5 },
      solver: { kind: "heun" },
      grid: { kind: "uniform", first: 1, last: 0 },
      key: { noise: "random.key(seed)" },
    });
    const how = ["--solver", "{ kind: dpmSolverPP, order: 3 }", "--grid", "logSnr", "--guidance-interval", "0.2,0.8"];
    expect(json([...args, ...how, "--out", scratch("how.png")])).toMatchObject({
      solver: { kind: "dpmSolverPP", order: 3, correction: "midpoint" },
      grid: { kind: "logSnr" },
      guidanceInterval: [0.2, 0.8],
      evaluations: 3,
    });
    isoflop([...args, "--out", scratch("two.png")]);
    isoflop([...args, "--seed", "1", "--out", scratch("three.png")]);
    const [one, two, three] = ["one", "two", "three"].map((name) => readFileSync(scratch(`${name}.png`)));
    expect(one!.subarray(1, 4).toString()).toBe("PNG");
    const numbered = json(["sample", String(folder), "--index", "3", "--index", "1", "--out", scratch("numbered.png")]);
    expect(numbered).toMatchObject({ indices: [3, 1], captions: [expect.any(String), expect.any(String)] });
    // Two pictures are as wide as two pictures.
    json(["sample", String(folder), "--count", "6", "--steps", "1", "--out", scratch("six.png")]);
    expect(one!.readUInt32BE(16)).toBeLessThan(0.6 * readFileSync(scratch("six.png")).readUInt32BE(16));
    expect(isoflop([...args, "--index", "3"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'--index <n>' cannot be used with option '--caption <text>'"),
    });
    expect(one!.equals(two!)).toBe(true);
    expect(one!.equals(three!)).toBe(false);
    expect(JSON.parse(readFileSync(scratch("one.json"), "utf8"))).toEqual(document);

    // Its own pictures are drawn anew, those of others are not.
    json([...args, "--out", scratch("one.png")]);
    expect(readFileSync(scratch("one.png")).equals(one!)).toBe(true);
    const foreign = one!.filter((_, i) => i < 33 || i >= 33 + 28);
    for (const [png, about] of [
      [foreign, readFileSync(scratch("one.json"))],
      [one!, Buffer.from("{}")],
    ] as const) {
      file("one.png", png);
      file("one.json", about);
      const { code, stderr } = isoflop([...args, "--out", scratch("one.png")]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/is a file that isoflop did not write/)]);
      expect(readFileSync(scratch("one.png")).equals(png)).toBe(true);
    }
    const [step] = readdirSync(join(String(folder), "checkpoints")).filter((name) => name.endsWith(".json"));
    const checkpoint = join(String(folder), "checkpoints", step!);
    const onto = isoflop(["sample", checkpoint, "--force", "--out", checkpoint.replace(".json", ".png")]);
    expect([onto.code, onto.stderr]).toEqual([2, expect.stringMatching(/--out is the input, .*\.json; name another/)]);
  });

  test.each([
    ["a word it has not learned", ["DRAWN", "--caption", "a submarine"], /unknown word "submarine"; known words are/],
    ["a mistyped word", ["DRAWN", "--caption", "a cirlce"], /unknown word "cirlce"; did you mean "circle"\?/],
    ["a folder that is not there", ["/nonexistent"], /does not exist; give the folder of a run/],
    ["a folder without a run", ["."], /has neither run\.json nor prediction\.json/],
  ])("%s: status 3", (_, args, message) => {
    const { folder } = json(run("drawn", 20));
    const { code, stderr } = isoflop(["sample", ...args.map((arg) => (arg === "DRAWN" ? String(folder) : arg))]);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });

  test("any folder of runs has a report, and nothing of a killed one stays", () => {
    json(run("several", 20));
    json(run("several", 25));
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    mkdirSync(join(scratch("several"), "figures"));
    const left = [
      `report.html.${dead}.tmp`,
      `summary.json.${dead}.0a1b2c3d.tmp`,
      `figures/isoflop.svg.${dead}.tmp`,
      `figures/isoflop.png.${dead}.0a1b2c3d.tmp`,
    ];
    for (const name of left) writeFileSync(join(scratch("several"), name), "part");
    const { study } = json(["report", scratch("several")]);
    expect(study!.runs).toHaveLength(2);
    expect(study!.fit!.N!.ok).toBe(false);
    const all = readdirSync(scratch("several"), { recursive: true }).map(String);
    expect(all.filter((name) => /tmp|lock~/.test(name))).toEqual([]);
    expect(readFileSync(join(scratch("several"), "report.html"), "utf8")).toContain("<svg");
    const { code, stderr } = isoflop(["report", "/nonexistent"]);
    expect(code).toBe(3);
    expect(stderr).toContain("/nonexistent does not exist");
  });

  test("runs of about the same compute are of one budget, and runs of unlike studies of no law", () => {
    json(run("scattered", 40));
    json(run("scattered", 41));
    const { study } = json(["report", scratch("scattered")]);
    const [{ C }] = study!.fit!.budgets as unknown as readonly [{ readonly C: number }];
    expect((study!.runs as unknown as readonly { readonly C: number }[]).map((run) => run.C)).toEqual([C, C]);
    json([...run("scattered", 40), "--patch", "8"]);
    const { code, stdout, stderr } = isoflop(["report", scratch("scattered"), "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Json).study!.fit).toBeUndefined();
    expect(stderr).toMatch(/^the runs are of unlike studies, which no law joins: spec\.model\.patch is \d in run/m);
  });
});
