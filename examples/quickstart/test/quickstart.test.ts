import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const code = await readFile(new URL("../src/main.ts", import.meta.url), "utf8");
const STEPS = 60;

describe("the quickstart", () => {
  const home = process.cwd();
  const args = process.argv;
  const lines: string[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "quickstart-"));
    process.chdir(folder);
    process.argv = [...args.slice(0, 2), String(STEPS)];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    await import("../src/main.js");
  }, 120_000);

  afterAll(async () => {
    vi.restoreAllMocks();
    process.argv = args;
    process.chdir(home);
    await rm(folder, { recursive: true });
  });

  it("says what it runs on, and a loss that falls", () => {
    expect(lines[0]).toMatch(/wasm|webgpu/);
    const losses = lines.flatMap((line) => /loss ([\d.]+)$/.exec(line)?.[1] ?? []).map(Number);
    expect(lines.at(-1)).toMatch(new RegExp(`^${STEPS} / ${STEPS}: loss`));
    // A model that predicts 0 has a loss of about 0.8 with this weighting.
    expect(losses.at(-1)).toBeGreaterThan(0);
    expect(losses.at(-1)).toBeLessThan(0.3);
  });

  it("writes a grid of 24 pictures, four captions side by side", async () => {
    const { width, height, data } = decode(await readFile(join(folder, "runs/quickstart/samples.png")));
    const cell = 4 * 16 + 2;
    expect([width, height]).toEqual([4 * cell + 2, 6 * cell + 2]);
    expect(new Set(new Uint32Array(Uint8Array.from(data).buffer)).size).toBeGreaterThan(500);
  });
});

it("is less than 40 lines of a user's code, and shown in the README as it is", async () => {
  const written = code.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("import "));
  expect(written.length).toBeLessThan(40);
  expect(await readFile(new URL("../README.md", import.meta.url), "utf8")).toContain(`\`\`\`ts\n${code}\`\`\``);
});
