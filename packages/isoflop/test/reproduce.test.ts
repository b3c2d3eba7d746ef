import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { paperBudgets } from "@isoflop/flops";
import { writeRecord } from "@isoflop/scaling";
import { describe, expect, test } from "vitest";
import { CliError } from "../src/exit.js";
import { rebuildReport } from "../src/report/rebuild.js";
import type { StudyFileInput } from "../src/study/index.js";
import { runStudy } from "../src/study/run.js";
import { bin, isoflop, type Json, json, scratch } from "./isoflop.js";
import { tiny as tinyStudy } from "./study/tiny.js";

const tiny = {
  seed: 0,
  grid: { budgets: [1e9, 2e9, 4e9], widths: [8, 16, 24, 40] },
  heldOut: { budgets: 1.2e10, widths: [8, 16, 24, 40, 48] },
  samples: { count: 2, steps: 2, guidance: 2 },
} as const satisfies Partial<StudyFileInput>;

const study = (
  out: string,
  more: Partial<StudyFileInput> = tiny,
  signal = new AbortController().signal,
  said: string[] = [],
) =>
  runStudy({
    ...{ study: tinyStudy(more), root: scratch("runs"), out: scratch(out), signal },
    say: (line) => said.push(line),
    reproduce: "a test",
  });

const page = (): string => readFileSync(join(scratch("study"), "report.html"), "utf8");

const summary = (out: string): Json => JSON.parse(readFileSync(join(scratch(out), "summary.json"), "utf8"));

describe("reproduce", () => {
  let first = "";

  test("stopped and called again it goes on; the report can be made again", async () => {
    const stopper = new AbortController();
    const reason = new CliError(130, "stopped");
    setTimeout(() => stopper.abort(reason), 700);
    const stopped = await study("study", tiny, stopper.signal).catch((error: unknown) => error);
    expect(stopped).toBe(reason);

    const said: string[] = [];
    const { summary: result } = await study("study", tiny, undefined, said);
    const written = summary("study");
    expect(said[0]).toMatch(/^tiny [0-9a-f]{8}: 12 runs and one held out/);
    expect(said.at(-2)).toMatch(/^predicted at 1\.2e10 FLOPs: loss 0\./);
    expect(said.at(-1)).toBe(`sealed before training there: ${written.seal}`);
    expect(written.fit!.budgets).toHaveLength(3);
    expect(written.runs).toHaveLength(13);
    expect(written.heldOut!.measured!.loss).toBe(result.runs.at(-1)!.loss);
    // Twelve runs are too few to hold any out: Approach 2 speaks.
    const methods = written.heldOut!.methods as unknown as { method: string; loss: unknown }[];
    expect(methods.map(({ method }) => method)).toEqual(["isoflop", "surface"]);
    expect(methods[0]!.loss).toEqual(written.heldOut!.prediction!.predicted!.loss);
    expect(said.at(-2)).toMatch(/, by Approach 2 \(isoFLOP\)$/);
    first = page();
    expect(first).toContain("Validation data");
    rmSync(join(scratch("study"), "report.html"));
    const { summary: again } = await rebuildReport(scratch("study"), (why) => said.push(why));
    expect(JSON.parse(writeRecord(again))).toEqual(written);
    expect(page()).toContain("<svg");
    expect(page()).toContain("Validation data");

    const other = study("study", { ...tiny, model: { conditioning: "crossAttention" } });
    await expect(other).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /has another study: tiny [0-9a-f]{8}, and this one is tiny [0-9a-f]{8}; choose another folder/,
      ),
    });
    expect(summary("study")).toEqual(written);
  });

  test("done again, nothing that was measured changes, and a prediction from its folder is the one that it wrote", async () => {
    const texts = () =>
      ["summary.json", "prediction.json"].map((name) => readFileSync(join(scratch("study"), name), "utf8"));
    const before = texts();
    await study("study");
    expect(texts()).toEqual(before);
    expect(page() === first).toBe(true);
    const { predictions } = JSON.parse(before[1]!) as Json;
    const { prediction, methods } = predictions![0] as unknown as Json;
    const method = String(methods![0]!.method);
    const { C, N } = prediction!.given as unknown as { readonly C: number; readonly N: number };
    const asked = json([
      "predict",
      "--input",
      scratch("study"),
      "--method",
      method,
      "--at",
      String(C),
      "--size",
      String(N),
    ]);
    expect(asked.predictions![0]).toEqual(prediction);
  });

  test("a summary of another version is not trusted: the runs tell, and what only it knows stays", async () => {
    const folder = scratch("older");
    cpSync(scratch("study"), folder, { recursive: true });
    const { fit: _, record: __, heldOut, ...known } = summary("study");
    const older = { ...known, seconds: 77, isoflop: [], laws: null };
    const { given, predicted, notes } = heldOut!.prediction!;
    const { N, D, loss } = predicted!;
    const { extrapolation, ...rest } = notes as unknown as { readonly extrapolation: number };
    const said = { ok: true, C: given!.C, N, D, loss: { ...(loss as object), ...rest }, extrapolation };
    const { predictions } = JSON.parse(readFileSync(join(folder, "prediction.json"), "utf8")) as Json;
    const prediction = predictions![0] as object;
    writeFileSync(join(folder, "summary.json"), JSON.stringify(older));
    writeFileSync(join(folder, "prediction.json"), JSON.stringify({ ...prediction, prediction: said }));
    const told: string[] = [];
    const { summary: again } = await rebuildReport(folder, (why) => told.push(why));
    expect(told).toEqual(["summary.json is of another version: its numbers are made again from the runs"]);
    const now = JSON.parse(writeRecord(again)) as Json;
    expect(now.seconds).toBe(77);
    expect(now.preset).toBe("tiny");
    expect([now.runs, now.fit, now.heldOut!.measured]).toEqual([
      summary("study").runs,
      summary("study").fit,
      heldOut!.measured,
    ]);
    expect(now.heldOut!.prediction!.predicted).toEqual(predicted);
    expect(now.heldOut!.prediction!.notes).toEqual(notes);

    // Done again, it keeps what it said and what was measured.
    const before = readFileSync(join(folder, "prediction.json"), "utf8");
    await study("older");
    expect(readFileSync(join(folder, "prediction.json"), "utf8")).toBe(before);
    expect(summary("older").seconds).toBe(77);
  });

  test("budgets without a law end with status 4, after the report was written", async () => {
    const error = await study("lawless", { ...tiny, grid: { budgets: 1e9, widths: [8, 16] } }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CliError);
    expect(error).toMatchObject({ exitCode: 4, message: expect.stringMatching(/^no law can be fitted: /) });
    expect(summary("lawless").runs).toHaveLength(2);
  });

  test("Ctrl-C ends with status 130 and leaves every run with its last checkpoint", async () => {
    const args = ["reproduce", "--data", "shapes", "--out", scratch("quick")];
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const said: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    const files = (name: string): string[] =>
      readdirSync(scratch("quick"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(name));
    const ended = once(child, "close");
    const trains = (): boolean => existsSync(scratch("quick")) && files("metrics.jsonl").length > 0;
    while (child.exitCode === null && !trains()) await sleep(20);
    child.kill("SIGINT");
    expect((await ended)[0], Buffer.concat(said).toString()).toBe(130);
    expect(Buffer.concat(said).toString()).toContain("stopped after a checkpoint; run the same command again to go on");
    expect(files(".safetensors").length).toBeGreaterThan(0);
    expect(readdirSync(join(scratch("quick"), "runs"), { recursive: true }).join()).not.toContain("lock~");
  });

  test.each([
    [["--preset", "quik"], "Did you mean quick?|Allowed choices are quick, laptop"],
    [["--device", "cuda"], "Allowed choices are wasm, webgpu"],
    [["--seed", "1.5"], "Expected a whole number, 0 or more"],
    [["--data", "emojii"], 'did you mean "emoji"\\?\\), or a place: ./folder of images'],
    [["--ouput", "x"], "Did you mean --out\\?|unknown option '--ouput'"],
  ])("%j: status 2", (args, message) => {
    const { code, stderr } = isoflop(["reproduce", ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(message));
  });
});

test("data may be a source's name, of which the rest stays, or a place, from here on", () => {
  const dataOf = (data: string) => json(["reproduce", "--data", data, "--print"]).data;
  expect(dataOf("shapes")).toEqual({ source: "shapes", size: 16, seed: 0 });
  expect(dataOf("./photos")).toMatchObject({ source: "images", path: resolve("photos") });
  expect(dataOf("hf://owner/name")).toMatchObject({ source: "hub", repo: "owner/name" });
});

describe("plan", () => {
  test("every quick run spends its budget within the rounding of a step", () => {
    const { runs, heldOut, totalFlops } = json(["plan", "quick", "--no-measure", "--set", "data.source=shapes"]);
    const all = runs as unknown as readonly Record<"budget" | "flops" | "roundingError" | "steps", number>[];
    expect(new Set(all.map(({ budget }) => budget)).size).toBe(6);
    for (const { budget, flops, roundingError, steps } of all) {
      expect(flops / budget - 1).toBeCloseTo(roundingError, 12);
      expect(Math.abs(roundingError)).toBeLessThanOrEqual(0.5 / steps + 1e-12);
    }
    const [last] = heldOut as unknown as readonly { readonly budget: number; readonly count: number }[];
    expect(last).toMatchObject({ budget: 10 * Math.max(...all.map(({ budget }) => budget)), count: 2 });
    const spent = all.reduce((sum, { flops }) => sum + flops, 0) + last!.count * last!.budget;
    expect(Number((totalFlops as unknown as { readonly all: number }).all) / spent).toBeCloseTo(1, 12);
  });

  test("the paper's budgets, sizes around its optima, and device-hours by the table", () => {
    const plan = json(["plan", "paper", "--mfu", "0.5"]);
    const rows = plan.runs as unknown as readonly { budget: number; params: number }[];
    expect([...new Set(rows.map(({ budget }) => budget))]).toEqual(paperBudgets);
    for (const budget of paperBudgets) {
      const optimum = 0.0009 * budget ** 0.5681;
      const sizes = rows.filter((row) => row.budget === budget).map(({ params }) => params);
      expect(Math.min(...sizes)).toBeLessThan(optimum / 2);
      expect(Math.max(...sizes)).toBeGreaterThan(2 * optimum);
    }
    expect(plan.heldOut).toHaveLength(1);
    const { all } = plan.totalFlops as unknown as { readonly all: number };
    expect(all).toBeGreaterThan(1.5e21);
    const h100 = (plan.deviceHours as unknown as readonly { device: string; hours: number }[]).find(({ device }) =>
      device.includes("H100"),
    )!;
    // At half of 989.4 TFLOP/s.
    expect(h100.hours).toBeCloseTo(all / (0.5 * 989.4e12) / 3600, 0);
  });
});
