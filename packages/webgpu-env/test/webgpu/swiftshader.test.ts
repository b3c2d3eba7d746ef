import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { swiftshaderEnv } from "../../src/index.js";

describe("swiftshaderEnv", () => {
  it("points the Vulkan loader at SwiftShader and at nothing else", async () => {
    const env = await swiftshaderEnv();
    const manifest = env.VK_DRIVER_FILES ?? "";
    expect(env.VK_ICD_FILENAMES).toBe(manifest);
    const { ICD } = JSON.parse(readFileSync(manifest, "utf8"));
    expect(existsSync(join(dirname(manifest), ICD.library_path))).toBe(true);
    expect((await readdir(dirname(manifest))).sort()).toEqual([
      "libvk_swiftshader.so",
      "libvulkan.so.1",
      "vk_swiftshader_icd.json",
    ]);
  });

  it("gives a child process one adapter, SwiftShader", async () => {
    const script = `
      import { create } from "webgpu";
      const adapter = await create([]).requestAdapter();
      console.log(JSON.stringify([adapter.info.vendor, adapter.info.architecture, adapter.info.description]));
      process.exit(0);`;
    const child = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      env: { ...process.env, ...(await swiftshaderEnv()) },
    });
    expect(child.stdout + child.stderr).toMatch(/swiftshader/i);
  });
});
