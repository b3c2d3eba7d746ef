import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { run } from "./process.mjs";
import { readManifest, root } from "./workspace.mjs";

/** A home that npm and pnpm can write to: some service users have none. */
function useWritableHome() {
  try {
    accessSync(homedir(), constants.W_OK);
  } catch {
    const home = join(root, ".cache", "home");
    mkdirSync(home, { recursive: true });
    process.env.HOME = home;
    // `npm test` has handed down a cache in the home that cannot be written.
    process.env.npm_config_cache = join(home, ".npm");
  }
}

/**
 * Puts the pnpm that package.json pins on PATH, for this process and its children. It comes from npx, which every npm
 * has; turbo looks for the binary on PATH. Corepack is not asked.
 * @returns {Promise<import("./process.mjs").Outcome>}
 */
export async function providePnpm() {
  const { packageManager: pin, engines } = readManifest(join(root, "package.json"));
  if (!isNewEnough(process.versions.node, engines?.node ?? "")) {
    return { ok: false, output: `Isoflop needs Node ${engines?.node}, and this is ${process.version}.` };
  }
  useWritableHome();
  const printPath = `"${process.execPath}" -p "'PATH='+process.env.PATH"`;
  const outcome = await run("npx", ["--yes", "--prefer-offline", `--package=${pin}`, "--call", printPath]);
  const path = /^PATH=(.*)$/m.exec(outcome.output)?.[1];
  if (!outcome.ok || !path) return { ok: false, output: `npx could not get ${pin}:\n${outcome.output}` };
  process.env.PATH = [join(root, "node_modules", ".bin"), path].join(delimiter);
  return { ok: true, output: "" };
}

/** @param {string} version such as "20.20.2" @param {string} range such as ">=20.19" */
export function isNewEnough(version, range) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = range.replace(">=", "").split(".").map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * Installs exactly what the lockfile says: from pnpm's store when it holds everything, so without a network, else online.
 * @param {string} [cwd] the checkout
 */
export async function install(cwd = root) {
  const command = ["install", "--frozen-lockfile", "--reporter=append-only"];
  const offline = await run("pnpm", [...command, "--offline"], { cwd });
  return offline.ok ? offline : run("pnpm", command, { cwd });
}
