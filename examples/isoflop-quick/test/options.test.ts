import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });

describe("the command line of the quick study", () => {
  it.each([
    [["--preset", "huge"], /--preset is "huge"; it must be quick or laptop or paper/],
    [["--device", "cuda"], /--device is "cuda"; it must be wasm or webgpu/],
    [["--data", "laion"], /--data is "laion"; it must be emoji or cifar10/],
    [["--seed", "-1"], /--seed/],
    [["--budget", "1"], /--budget/],
  ])("refuses %j with status 2 and says what would be right", (args, message) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain("npm run reproduce --");
  });

  it("plans the paper and trains nothing", () => {
    const { status, stdout } = run("--preset", "paper");
    expect(status).toBe(0);
    expect(stdout).toMatch(/1\.5e\+?21/);
    expect(stdout).toMatch(/device-hours/i);
  });

  it("explains itself", () => {
    const { status, stdout } = run("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("--preset quick|laptop|paper");
  });
});
