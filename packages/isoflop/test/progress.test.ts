import { setTimeout as sleep } from "node:timers/promises";
import type { RunningRun, RunSpec, SweepProgress } from "@isoflop/sweep";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { announce, endDrawings, openDrawing } from "../src/progress/drawing.js";
import { bar, clock, percentDone, rateWords } from "../src/progress/texts.js";
import { progressLines } from "../src/study/progress.js";
import { progress } from "../src/words/progress.js";
import { isoflop, scratch } from "./isoflop.js";
import { CTRL_C, hasTerminals, InTerminal, pipe, Screen } from "./screen.js";

beforeEach(() => {
  vi.stubEnv("CI", "");
  vi.stubEnv("TERM", "xterm");
  vi.stubEnv("NO_COLOR", "");
  vi.stubEnv("FORCE_COLOR", "");
});
afterEach(() => {
  endDrawings();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test("times, rates and shares are as a person says them", () => {
  expect([0, 42, 750, 11_110, 273_600].map(clock)).toEqual(["0:00", "0:42", "12:30", "3:05:10", "3 d 4 h"]);
  expect(clock(59.9)).toBe("1:00");
  expect([950, 1.234e10, 4e14].map(rateWords)).toEqual(["950 FLOP/s", "12.3 GFLOP/s", "400 TFLOP/s"]);
  expect([0, 0.999, 1].map(percentDone)).toEqual(["0 %", "99 %", "100 %"]);
  const none = { green: String, dim: String };
  expect([0, 0.5, 1].map((share) => bar(share, 4, none))).toEqual(["░░░░", "██░░", "████"]);
  expect(bar(0.5, 3, none)).toBe("");
});

const running = (step: number, more: Partial<RunningRun> = {}): RunningRun => ({
  ...{ id: "a", step, spec: { budget: 3e11, steps: 400, model: { width: 24 } } as RunSpec },
  ...more,
});
const at = (step: number): RunningRun =>
  running(step, { speed: 3.12e10, latest: { step, loss: 0.41234, gradientNorm: 1, learningRate: 1 } });
const state = (more: Partial<SweepProgress> = {}): SweepProgress => ({
  ...{ total: 20, done: 3, failed: 0, interrupted: 0, flopsDone: 43, flopsTotal: 100, elapsedSeconds: 60, running: [] },
  ...more,
});

describe("a sweep on a terminal", () => {
  test("is one bar by compute, with the time that is left, and a line for each running model", async () => {
    const screen = new Screen({ columns: 100 });
    const line = progressLines("training", { stream: screen.stream() });
    line(state({ remainingSeconds: 750, failed: 1, running: [at(120), running(0), running(400)] }));
    expect(await screen.lines()).toEqual([
      `training  ${"█".repeat(17)}${"░".repeat(23)}  43 %  12:30 left  3 of 20 runs, 1 failed`,
      "  3e11 FLOPs  width 24  ████░░░░░░░░  step 120/400  loss 0.4123  31.2 GFLOP/s",
      "  3e11 FLOPs  width 24  ░░░░░░░░░░░░  setting up",
      "  3e11 FLOPs  width 24  ████████████  validating",
    ]);
  });

  test("says that it measures until the time that is left is known", async () => {
    const screen = new Screen();
    progressLines("training", { stream: screen.stream() })(state());
    expect((await screen.lines())[0]).toMatch(/ 43 % {2}measuring {2}3 of 20 runs$/);
  });

  test.each([20, 40, 60, 80])("never writes past its %d columns", async (columns) => {
    const screen = new Screen({ columns });
    const line = progressLines("training", { stream: screen.stream() });
    vi.useFakeTimers({ toFake: ["performance"] });
    for (let i = 0; i < 5; i++) {
      line(state({ flopsDone: 20 * i, remainingSeconds: 1000 - i, running: [at(i), running(0)] }));
      vi.advanceTimersByTime(1000);
    }
    expect(await screen.lines()).toHaveLength(3);
  });

  test("leaves room where there are more models than lines", async () => {
    const screen = new Screen({ rows: 8 });
    progressLines("training", { stream: screen.stream() })(state({ running: Array.from({ length: 30 }, () => at(1)) }));
    const lines = await screen.lines();
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe("  and 26 more");
  });

  test("ends as one line that stays", async () => {
    const screen = new Screen();
    const line = progressLines("training", { stream: screen.stream() });
    line(state({ running: [at(1)] }));
    line(state({ done: 18, failed: 2, running: [], elapsedSeconds: 192 }));
    expect(await screen.lines()).toEqual(["training: 18 of 20 runs, 2 failed in 3:12"]);
    // The next sweep of the same study begins below it.
    line(state({ done: 0, total: 1, running: [at(7)] }));
    expect(await screen.lines()).toHaveLength(3);
    line.end();
    expect(await screen.lines()).toHaveLength(1);
  });
});

describe("what is drawn", () => {
  test("stands below whatever else is written meanwhile, which comes in whole lines", async () => {
    const screen = new Screen();
    const stream = screen.stream();
    const drawing = openDrawing(stream);
    drawing.draw(["bar one", "bar two"]);
    stream.write("first note\n");
    stream.write("second ");
    expect(await screen.lines()).toEqual(["first note", "bar one", "bar two"]);
    stream.write("note\nand the begi");
    drawing.draw(["bar three"]);
    expect(await screen.lines()).toEqual(["first note", "second note", "bar three"]);
    drawing.end();
    stream.write("nning of a line\n");
    expect(await screen.lines()).toEqual(["first note", "second note", "and the beginning of a line"]);
  });

  test("is one under the other, with what is announced below, until all of it ends", async () => {
    const screen = new Screen();
    const stream = screen.stream();
    const [a, b] = [openDrawing(stream), openDrawing(stream)];
    a.draw(["a"]);
    b.draw(["b"]);
    expect(announce("stopping")).toBe(true);
    expect(await screen.lines()).toEqual(["a", "b", "stopping"]);
    a.end();
    a.draw(["never"]);
    expect(await screen.lines()).toEqual(["b", "stopping"]);
    endDrawings();
    b.draw(["never"]);
    expect(await screen.lines()).toEqual([]);
    expect(announce("nothing")).toBe(false);
  });

  test("takes wide characters for two columns", async () => {
    const screen = new Screen({ columns: 11 });
    openDrawing(screen.stream()).draw(["火星火星火星火星", "next"]);
    expect(await screen.lines()).toEqual(["火星火星火", "next"]);
  });
});

describe("counted work", () => {
  test("is a bar once it takes a while, and each stage has its time", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const screen = new Screen();
    const { onProgress, end } = progress("bootstrap", { stream: screen.stream() });
    onProgress(1, 100);
    expect(await screen.lines()).toEqual([]);
    vi.advanceTimersByTime(2000);
    onProgress(1, 100);
    expect((await screen.lines())[0]).toMatch(/^bootstrap {2}░{40} {2}1 % {2}measuring$/);
    vi.advanceTimersByTime(8000);
    onProgress(50, 100);
    expect((await screen.lines())[0]).toMatch(/^bootstrap {2}█{20}░{20} {2}50 % {2}0:10 left$/);
    onProgress(0, 10, "decoding");
    expect(await screen.lines()).toEqual([]);
    vi.advanceTimersByTime(2000);
    onProgress(5, 10, "decoding");
    expect((await screen.lines())[0]).toMatch(/^decoding .* 50 % {2}0:02 left$/);
    vi.advanceTimersByTime(2000);
    onProgress(8, undefined, "decoding");
    expect(await screen.lines()).toEqual(["decoding  8  2 a second"]);
    onProgress(10, 10, "decoding");
    expect(await screen.lines()).toEqual([]);
    onProgress(1, 2, "drawing");
    end();
    expect(await screen.lines()).toEqual([]);
  });
});

describe("where there is no terminal", () => {
  test.each([
    ["a pipe", {}, false],
    ["a terminal in CI", { CI: "true" }, true],
    ["a terminal that obeys nothing", { TERM: "dumb" }, true],
  ])("%s gets plain lines, at most one every ten seconds", (_, env, isTTY) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    vi.useFakeTimers({ toFake: ["performance"] });
    const { stream, written } = pipe();
    const line = progressLines("training", { stream: Object.assign(stream, { isTTY }) });
    for (let i = 0; i < 21; i++) {
      line(state({ remainingSeconds: 100 - i, running: [at(i + 1), running(0)] }));
      vi.advanceTimersByTime(1000);
    }
    line(state({ done: 20, elapsedSeconds: 21 }));
    const models = (step: number) => `[3e11/24 step ${step}/400 loss 0.4123 31.2 GFLOP/s; 3e11/24 setting up]`;
    expect(written).toEqual([
      `training: 3 of 20 runs, 43 % of the compute, 1:40 left  ${models(1)}\n`,
      `training: 3 of 20 runs, 43 % of the compute, 1:30 left  ${models(11)}\n`,
      `training: 3 of 20 runs, 43 % of the compute, 1:20 left  ${models(21)}\n`,
      "training: 20 of 20 runs in 0:21\n",
    ]);
  });
});

test("what is quickly done, and what was stopped, gets no line", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { stream, written } = pipe();
  const line = progressLines("training", { stream, quiet: 1500 });
  line(state({ running: [at(1)] }));
  vi.advanceTimersByTime(9000);
  line(state({ running: [at(2)] }));
  expect(written).toEqual([]);
  vi.advanceTimersByTime(2000);
  line(state({ interrupted: 1 }));
  expect(written).toEqual([]);
  expect(line.stopped()).toBe(
    "stopped: 3 of 20 runs done (43 % of the compute), 1 stopped after a checkpoint; run the same command again to go on",
  );
});

describe("colours", () => {
  const coloured = async (env: NodeJS.ProcessEnv): Promise<boolean> => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { stream, written } = pipe();
    progressLines("training", { stream: Object.assign(stream, { isTTY: true }) })(state());
    return written.join("").includes("\u001b[32m");
  };
  test.each([
    [{}, true],
    [{ NO_COLOR: "1" }, false],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    [{ FORCE_COLOR: "0" }, false],
  ])("with %j: %j", async (env, expected) => {
    expect(await coloured(env)).toBe(expected);
  });
});

const long = (out: string, ...more: string[]): string[] => [
  ...["train", "--data", "shapes", "--width", "16", "--validation-images", "64", "--steps", "200000"],
  ...["--out", scratch(out), ...more],
];

describe.skipIf(!hasTerminals)("in a terminal", () => {
  test("Ctrl-C takes the bars away and says in one line what was kept and how to go on: status 130", async () => {
    const program = new InTerminal(long("stopped"), { columns: 70 });
    await program.until(/GFLOP\/s/);
    expect((await program.screen.lines()).length).toBe(2);
    program.press(CTRL_C);
    expect(await program.ended()).toBe(130);
    expect(program.written).toContain("stopping; Ctrl-C again ends at once");
    const lines = (await program.screen.lines()).join("");
    expect(lines).toMatch(
      /^isoflop: stopped at step \d+ of 200000 after a checkpoint; run the same command again to go on$/,
    );
  });

  test("a second Ctrl-C ends at once", async () => {
    // Steps so long that the first one is still going on when the second key comes.
    const program = new InTerminal(long("twice", "--batch", "2048"));
    await program.until(/training/);
    await sleep(300);
    program.press(CTRL_C);
    await program.until(/stopping/);
    program.press(CTRL_C);
    const from = performance.now();
    expect(await program.ended()).toBe(130);
    expect(performance.now() - from).toBeLessThan(2000);
  });

  test("--no-color leaves bars without colours", async () => {
    const program = new InTerminal(long("plain", "--no-color"));
    await program.until(/GFLOP\/s/);
    program.press(CTRL_C);
    await program.ended();
    expect(program.written).toContain("░");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
    expect(program.written).not.toMatch(/\u001b\[[0-9;]*m/);
  });
});

test("--no-color is an option of every command", () => {
  expect(isoflop(["flops", "DiT-S/2", "--no-color"]).code).toBe(0);
});
