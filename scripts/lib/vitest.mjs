import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "./process.mjs";
import { root } from "./workspace.mjs";

/** @typedef {{ node: string, env: NodeJS.ProcessEnv }} Host A Node, and what to start it with. */
/**
 * @typedef {object} JsonReport What vitest's JSON reporter writes, as far as it is read here.
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} [numTodoTests]
 * @property {{ name: string, status: string, message?: string, assertionResults: { fullName: string, status: string, failureMessages?: string[] | null }[] }[]} testResults
 */

export const vitestBin = join(root, "node_modules", "vitest", "vitest.mjs");

/**
 * Runs vitest once from the root, live, and counts its tests.
 * @param {string} name names the JSON file
 * @param {readonly string[]} args further arguments
 * @param {Host} [host]
 */
export async function vitest(name, args, { node, env } = { node: process.execPath, env: process.env }) {
  const folder = join(root, "node_modules", ".cache", "isoflop-test");
  const file = join(folder, `${name}.json`);
  mkdirSync(folder, { recursive: true });
  rmSync(file, { force: true });
  const command = [vitestBin, "run", "--passWithNoTests", ...args];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { ok, output } = await run(node, [...command, ...reporters], { env, live: true });
  return summarise(ok, output, existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);
}

/**
 * Counts of a vitest run. A file that cannot be loaded and an error outside of every test count as one failure each.
 * @param {boolean} ok whether vitest exited with 0
 * @param {string} output
 * @param {JsonReport | undefined} report
 */
export function summarise(ok, output, report) {
  const failures = [];
  if (!report) {
    failures.push(`vitest ended without a report:\n${output.trimEnd().split("\n").slice(-40).join("\n")}`);
    return { passed: 0, failed: 1, skipped: 0, failure: failures.join("\n") };
  }
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    for (const { fullName, failureMessages } of failed) {
      failures.push(`${file}: ${fullName}\n${head(failureMessages?.join("\n") ?? "")}`);
    }
    if (status === "failed" && failed.length === 0) failures.push(`${file} did not run\n${head(message ?? "")}`);
  }
  if (!ok && failures.length === 0) {
    failures.push(`vitest failed outside of its tests:\n${output.trimEnd().split("\n").slice(-40).join("\n")}`);
  }
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    failure: failures.join("\n"),
  };
}

/** The first lines of an error, without the test runner's own stack. @param {string} text */
const head = (text) =>
  text
    .split("\n")
    .filter((line) => !/^\s+at .*(node_modules|node:internal)/.test(line))
    .slice(0, 8)
    .join("\n")
    .replace(/^/gm, "  ");
