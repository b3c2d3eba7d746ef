import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conditionings } from "@isoflop/flops";
import { decode } from "fast-png";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../src/main.js";
import { readOptions } from "../src/options.js";

const lines: string[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cifar10-"));
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
});
beforeEach(() => void lines.splice(0));
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** A model and a run that cost seconds. */
const tiny = "--width 16 --depth 1 --heads 2 --batch 8 --sampling-steps 2 --device wasm".split(" ");

describe.each(conditionings)("with %s", (conditioning) => {
  it("trains, and draws eight pictures of each class", async () => {
    const out = join(folder, conditioning);
    await main([...tiny, "--steps", "4", "--conditioning", conditioning, "--out", out]);
    expect(lines[0]).toContain(`${conditioning} on cifar10-16`);
    expect(lines.at(-2)).toMatch(/validation loss \d\.\d+ ± 0\.\d+/);
    const { width, height } = decode(await readFile(join(out, "samples.png")));
    const cell = 4 * 16 + 2;
    expect([width, height]).toEqual([8 * cell + 2, 10 * cell + 2]);
  }, 60_000);
});

it("goes on where it was stopped, to the same pictures", async () => {
  const [whole, halves] = [join(folder, "whole"), join(folder, "halves")];
  const args = (out: string) => [...tiny, "--steps", "120", "--out", out];
  await main(args(whole));
  const stop = new AbortController();
  vi.mocked(console.log).mockImplementation((line: string) => {
    lines.push(line);
    if (line.startsWith("50 / 120")) stop.abort(new Error("enough"));
  });
  await expect(main(args(halves), stop.signal)).rejects.toThrow("enough");
  await main(args(halves));
  const pictures = (out: string) => readFile(join(out, "samples.png"));
  expect(await pictures(halves)).toEqual(await pictures(whole));
}, 60_000);

it("refuses what is no option, and says what would be right", () => {
  expect(() => readOptions(["--conditioning", "adaln"])).toThrow(
    '--conditioning is "adaln"; it takes one of inContext',
  );
  expect(() => readOptions(["--size", "24"])).toThrow("--size is 24; it takes 16 or 32");
  expect(() => readOptions(["--steps", "many"])).toThrow('--steps is "many"');
  expect(() => readOptions(["--device", "cuda"])).toThrow('--device is "cuda"');
  expect(() => readOptions(["--colour", "red"])).toThrow("--colour");
});
