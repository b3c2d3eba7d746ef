import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { lossesOf, lossLines, type Point } from "../src/watch/losses.js";
import { Observer } from "../src/watch/observer.js";
import { bin, isoflop, json, scratch } from "./isoflop.js";
import { CTRL_C, hasTerminals, InTerminal } from "./screen.js";

const train = (root: string, steps: number, width = 8): string[] => [
  ...["train", "--data", "shapes", "--width", String(width), "--validation-images", "64", "--learning-rate", "0.01"],
  ...["--steps", String(steps), "--out", join(root, "store"), "--checkpoint-seconds", "0.1"],
];

const study = (root: string, runs: readonly string[], more: object = {}): string => {
  const folder = join(root, "mine");
  mkdirSync(folder, { recursive: true });
  const manifest = { record: "manifest", name: "mine", hash: "0a1b2c3d", store: "../store", file: {}, runs, ...more };
  writeFileSync(join(folder, "study.json"), JSON.stringify(manifest));
  return folder;
};

/** A file as the command `study` keeps it, of two budgets of two widths and one budget held out. */
const file = {
  name: "mine",
  data: { source: "shapes" },
  grid: { budgets: [1e9, 2e9], widths: [8, 16] },
  heldOut: { budgets: 5e9, widths: [8, 16] },
};

/** Starts a run and waits until it has written metrics. */
const started = async (root: string, steps: number) => {
  const known = new Set(existsSync(join(root, "store")) ? readdirSync(join(root, "store")) : []);
  const child = spawn(process.execPath, [bin, ...train(root, steps)], { stdio: "ignore" });
  for (;;) {
    const id = existsSync(join(root, "store")) && readdirSync(join(root, "store")).find((name) => !known.has(name));
    if (id && existsSync(join(root, "store", id, "metrics.jsonl"))) return { child, id };
    await sleep(20);
  }
};

/** All names and contents under a folder. */
const everything = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("lock~"))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, "latin1")]),
  );

const point = (budget: number, width: number, more: Partial<Point> = {}): Point => ({
  ...{ budget, width, standing: "waiting", share: 0 },
  ...more,
});

test("losses stand by budget and width, the best of several seeds, the least of a budget marked", () => {
  const losses = lossesOf([
    point(2e9, 16, { standing: "running", share: 0.5 }),
    point(1e9, 24, { standing: "done", share: 1, loss: 0.52 }),
    point(1e9, 8, { standing: "done", share: 1, loss: 0.6 }),
    point(1e9, 8, { standing: "done", share: 1, loss: 0.55 }),
    point(1e9, 16, { standing: "done", share: 1, loss: 0.5 }),
    point(2e9, 8),
  ]);
  expect(losses.map(({ budget, best }) => [budget, best])).toEqual([
    [1e9, 16],
    [2e9, undefined],
  ]);
  expect(lossLines(losses)).toEqual(["  1e9  █▁▄  8: 0.5500  16: 0.5000*  24: 0.5200", "  2e9       8: ·  16: 50 %"]);
});

describe("watch --once", () => {
  test("of a study that is done says so, and writes nothing", () => {
    const root = scratch("watch-done");
    const ids = [20, 25].map((steps) => String(json(train(root, steps)).id));
    const folder = study(root, ids);
    const before = everything(root);
    const seen = json(["watch", folder, "--once"]);
    expect(seen).toMatchObject({ name: "mine", hash: "0a1b2c3d", state: "done", total: 2, done: 2, running: [] });
    expect(seen.budgets).toHaveLength(2);
    expect(isoflop(["watch", folder]).stdout).toMatch(/^mine 0a1b2c3d: 2 of 2 runs done, 100 % of the compute\n/);
    expect(everything(root)).toEqual(before);
  });

  test("counts runs that have not begun by the study's file", () => {
    const root = scratch("watch-planned");
    const folder = study(root, ["a", "b", "c", "d"], { file });
    const seen = json(["watch", folder, "--once"]);
    expect(seen).toMatchObject({ state: "idle", total: 5, done: 0, flopsTotal: 1e9 + 1e9 + 2e9 + 2e9 + 5e9 });
    expect(isoflop(["watch", folder, "--once"]).stdout).toContain("  1e9      8: ·  16: ·\n  2e9      8: ·  16: ·");
  });

  test("of a study that compares looks at its arms", () => {
    const root = scratch("watch-arms");
    const id = String(json(train(root, 20)).id);
    const folder = study(root, [], {
      arms: [
        { name: "a", folder: "a" },
        { name: "b", folder: "b" },
      ],
    });
    for (const [name, runs] of [
      ["a", [id]],
      ["b", ["c"]],
    ] as const) {
      mkdirSync(join(folder, name));
      const arm = { record: "manifest", name, hash: "0", store: "../../store", file: {}, runs };
      writeFileSync(join(folder, name, "study.json"), JSON.stringify(arm));
    }
    expect(json(["watch", folder, "--once"])).toMatchObject({ state: "idle", total: 2, done: 1 });
    // An arm that has not begun is waited for.
    rmSync(join(folder, "b"), { recursive: true });
    expect(json(["watch", folder, "--once"])).toMatchObject({ state: "idle", total: 1, done: 1 });
  });

  test("of a folder that is no study's: status 3", () => {
    const { code, stderr } = isoflop(["watch", scratch("."), "--once"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("has no study.json")]);
  });
});

test("a running process is followed without touching its files; killed, it is shown as such; the end is seen", async () => {
  const root = scratch("watch-follows");
  const { child, id } = await started(root, 200_000);
  const { id: done } = json(train(root, 20));
  const folder = study(root, [String(done), id]);
  const observer = new Observer(folder);
  const first = await observer.look();
  expect(first).toMatchObject({ state: "running", progress: { total: 2, done: 1, running: [{ id }] }, left: [] });
  // The run that is done is of the same size: its speed is known.
  expect(first.progress.remainingSeconds).toBeGreaterThan(0);
  await sleep(1500);
  const second = (await observer.look()).progress.running[0]!;
  expect(second.step).toBeGreaterThan(first.progress.running[0]!.step);
  expect(second.speed).toBeGreaterThan(0);
  expect(second.latest!.loss).toBeGreaterThan(0);

  child.kill("SIGKILL");
  await once(child, "exit");
  const third = await observer.look();
  expect(third).toMatchObject({ state: "idle", progress: { interrupted: 1, running: [] } });
  expect(third.left).toMatchObject([{ id, standing: "killed", why: expect.stringContaining(`process ${child.pid}`) }]);
  expect(readdirSync(join(root, "store", id)).filter((name) => name.startsWith("lock~"))).toHaveLength(1);
  expect(isoflop(["watch", folder, "--once"]).stdout).toMatch(/width 8 {2}step \d+\/200000 {2}killed: process \d+ on/);
});

test("ends by itself with status 0 when the study is done, in plain lines where there is no terminal", async () => {
  const root = scratch("watch-ends");
  const { child, id } = await started(root, 2000);
  const folder = study(root, [id]);
  const watching = isoflop(["watch", folder]);
  expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(0);
  expect(watching.code).toBe(0);
  expect(watching.stderr).toMatch(/^mine: 0 of 1 run, \d+ % of the compute, measuring {2}\[\S+\/8 step \d+\/2000 loss/);
  expect(watching.stdout).toContain("1 of 1 run done, 100 % of the compute");
});

test.skipIf(!hasTerminals)(
  "on a terminal it draws the bars, what was left and the losses, and Ctrl-C leaves the study alone",
  async () => {
    const root = scratch("watch-draws");
    const { child, id } = await started(root, 200_000);
    cpSync(join(root, "store", id, "run.json"), join(root, "copy.json"));
    const program = new InTerminal(["watch", study(root, [id, "a"])], { columns: 90 });
    await program.until(/GFLOP\/s/);
    const lines = await program.screen.lines();
    expect(lines[0]).toMatch(/^mine {2}[█░]+ {2}\d+ % {2}(measuring|.* left) {2}0 of 2 runs$/);
    expect(lines[1]).toMatch(
      /^ {2}\S+ FLOPs {2}width 8 {2}[█░]+ {2}step \d+\/200000 {2}loss [\d.]+ +[\d.]+ [MG]FLOP\/s$/,
    );
    expect(lines[2]).toBe("loss by width, the least of each budget marked");
    program.press(CTRL_C);
    expect(await program.ended()).toBe(130);
    expect(await program.screen.lines()).toEqual(["isoflop: stopped watching; the study goes on without it"]);
    expect(child.exitCode).toBe(null);
    child.kill("SIGKILL");
  },
);
