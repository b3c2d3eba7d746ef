import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./process.mjs";
import { vitest } from "./vitest.mjs";
import { listPackages, root } from "./workspace.mjs";

/** @typedef {"webgpu" | "browser"} Kind A vitest project of vitest.webgpu.config.ts and a folder under a package's test/. */
/** @typedef {"swiftshader" | "lavapipe"} Adapter */
/** @typedef {import("./vitest.mjs").Host} Host */

const folder = join(root, "packages", "webgpu-env");

/**
 * How to start a Node whose only Vulkan driver is the adapter's. Where there is no SwiftShader the environment stays as it is.
 * @param {Adapter} adapter
 * @returns {Promise<Host>}
 * @throws {Error} where there is no lavapipe
 */
export async function hostOf(adapter) {
  const entry = join(folder, "dist", "index.js");
  if (!existsSync(entry)) throw new Error("packages/webgpu-env is not built; run pnpm build first.");
  /** @type {{ swiftshaderEnv(): Promise<Record<string, string>>, lavapipe(): Promise<{ node: string, env: Record<string, string> }> }} */
  const { swiftshaderEnv, lavapipe } = await import(pathToFileURL(entry).href);
  const { node, env } =
    adapter === "lavapipe"
      ? await lavapipe()
      : { node: process.execPath, env: await swiftshaderEnv().catch(() => ({})) };
  return { node, env: { ...process.env, ...env } };
}

/**
 * A host with an adapter: the machine's own, or else lavapipe, or else SwiftShader.
 * @returns {Promise<Host>}
 */
export async function anyHost() {
  const own = { node: process.execPath, env: process.env };
  if ((await probed("webgpu", own)).ok) return own;
  return hostOf("lavapipe").catch(() => hostOf("swiftshader"));
}

/**
 * Takes `--adapter NAME` or `--adapter=NAME` out of a command line.
 * @param {readonly string[]} args
 * @returns {{ adapter: Adapter, rest: readonly string[] }}
 */
export function takeAdapter(args) {
  const at = args.findIndex((arg) => /^--adapter(=|$)/.test(arg));
  if (at < 0) return { adapter: "swiftshader", rest: args };
  const [flag = "", next] = args.slice(at);
  const adapter = flag.includes("=") ? flag.slice(flag.indexOf("=") + 1) : next;
  if (adapter !== "swiftshader" && adapter !== "lavapipe")
    throw new Error(`--adapter is ${adapter ?? "missing"}; it must be swiftshader or lavapipe.`);
  return { adapter, rest: args.toSpliced(at, flag.includes("=") ? 1 : 2) };
}

/**
 * Runs the WebGPU tests of one kind on SwiftShader, or says why they cannot run here: then each of their files counts as
 * skipped, and under CI=true the missing adapter is a failure.
 * @param {Kind} kind
 */
export async function webgpuTests(kind) {
  const host = await hostOf("swiftshader");
  const probe = await probed(kind, host);
  if (probe.ok) return testsOf(kind, kind, host);
  return shown(withoutAdapter(kind, filesOf(kind), probe.output, process.env.CI === "true"));
}

/** Runs the WebGPU tests in Node on lavapipe, or says why it is left out: then each of their files counts as skipped. */
export async function lavapipeTests() {
  const host = await hostOf("lavapipe").catch((/** @type {Error} */ error) => error);
  if (host instanceof Error) return shown(withoutLavapipe(filesOf("webgpu"), host.message));
  const probe = await probed("webgpu", host);
  return probe.ok ? testsOf("webgpu", "lavapipe", host) : shown(withoutLavapipe(filesOf("webgpu"), probe.output));
}

/**
 * What it means that there is no adapter: every test file is skipped, and on a build server that is a failure.
 * @param {Kind} kind @param {number} files @param {string} output of the probe @param {boolean} ci
 */
export function withoutAdapter(kind, files, output, ci) {
  const where = kind === "webgpu" ? "Dawn in Node" : "Chromium";
  const message = `NO WEBGPU ADAPTER in ${where}: ${files} test files NOT RUN.\n${tail(output)}`;
  return { passed: 0, failed: ci ? 1 : 0, skipped: files, failure: ci ? message : "", message };
}

/**
 * What it means that there is no lavapipe: every test file is skipped. A second adapter is never missed enough to fail.
 * @param {number} files @param {string} reason
 */
export function withoutLavapipe(files, reason) {
  const message = `LAVAPIPE LEFT OUT: ${files} test files NOT RUN on it.\n${tail(reason)}`;
  return { passed: 0, failed: 0, skipped: files, failure: "", message };
}

/** @param {string} output */
const tail = (output) => output.trim().split("\n").slice(-10).join("\n");

/** @template {{ message: string }} T @param {T} outcome @returns {T} */
function shown(outcome) {
  console.log(`\n${"!".repeat(80)}\n${outcome.message}\n${"!".repeat(80)}\n`);
  return outcome;
}

/** Whether there is an adapter. @param {Kind} kind @param {Host} host */
const probed = (kind, { node, env }) => run(node, [join(folder, "test", "probe.mjs"), kind], { env });

/** @param {Kind} kind @param {string} name @param {Host} host */
const testsOf = (kind, name, host) => vitest(name, ["--config", "vitest.webgpu.config.ts", "--project", kind], host);

/** The number of test files of a kind. @param {Kind} kind */
const filesOf = (kind) => listPackages().flatMap((one) => testFiles(join(one.folder, "test", kind))).length;

/** @param {string} folder @returns {string[]} */
const testFiles = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map(String)
        .filter((file) => file.endsWith(".test.ts"))
    : [];
