import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runNode } from "./process.mjs";
import { vitest } from "./vitest.mjs";
import { listPackages, root } from "./workspace.mjs";

/** @typedef {"webgpu" | "browser"} Kind A vitest project of vitest.webgpu.config.ts and a folder under a package's test/. */

const entry = join(root, "packages", "webgpu-env", "dist", "index.js");

/**
 * Environment that makes SwiftShader the only Vulkan driver of a child process; empty where there is no SwiftShader.
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function webgpuEnv() {
  if (!existsSync(entry)) throw new Error("packages/webgpu-env is not built; run pnpm build first.");
  /** @type {{ swiftshaderEnv(): Promise<Record<string, string>> }} */
  const { swiftshaderEnv } = await import(pathToFileURL(entry).href);
  return { ...process.env, ...(await swiftshaderEnv().catch(() => ({}))) };
}

/**
 * Runs the WebGPU tests of one kind, or says why they cannot run here: then each of their files counts as skipped,
 * and under CI=true the missing adapter is a failure.
 * @param {Kind} kind
 */
export async function webgpuTests(kind) {
  const env = await webgpuEnv();
  const probe = await runNode([join(root, "packages", "webgpu-env", "test", "probe.mjs"), kind], { env });
  if (probe.ok) return vitest(kind, ["--config", "vitest.webgpu.config.ts", "--project", kind], env);

  const files = listPackages().flatMap(({ folder }) => testFiles(join(folder, "test", kind)));
  const outcome = withoutAdapter(kind, files.length, probe.output, process.env.CI === "true");
  console.log(`\n${"!".repeat(80)}\n${outcome.message}\n${"!".repeat(80)}\n`);
  return outcome;
}

/**
 * What it means that there is no adapter: every test file is skipped, and on a build server that is a failure.
 * @param {Kind} kind @param {number} files @param {string} output of the probe @param {boolean} ci
 */
export function withoutAdapter(kind, files, output, ci) {
  const where = kind === "webgpu" ? "Dawn in Node" : "Chromium";
  const reason = output.trim().split("\n").slice(-10).join("\n");
  const message = `NO WEBGPU ADAPTER in ${where}: ${files} test files NOT RUN.\n${reason}`;
  return { passed: 0, failed: ci ? 1 : 0, skipped: files, failure: ci ? message : "", message };
}

/** @param {string} folder @returns {string[]} */
const testFiles = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map(String)
        .filter((file) => file.endsWith(".test.ts"))
    : [];
