import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commands, studyCommands } from "./commands.mjs";
import { tables } from "./tables.mjs";

/** The fit is not sound, and what there is was printed: a result like any other. */
const unsound = 4;

/**
 * Asks the built command line of a checkout everything that is compared: each command for JSON, for text and, where it draws one,
 * for a page, and its exit status.
 * @param {string} folder @param {string} checkout
 * @param {{ study: boolean, from?: string | undefined, print?: (text: string) => void }} options `from` is a folder that was collected
 * before: its saved fits are asked, and its study is gone on with, which has nothing left to train
 */
export const collect = (folder, checkout, { study, from, print = console.log }) => {
  const bin = join(checkout, "packages", "isoflop", "dist", "bin.js");
  if (!existsSync(bin)) throw new Error(`${bin} is not there: build that checkout first.`);
  mkdirSync(join(folder, "tables"), { recursive: true });
  for (const [name, text] of Object.entries(tables)) writeFileSync(join(folder, "tables", name), text);

  if (study && from) cpSync(join(from, "runs", "quick"), join(folder, "runs", "quick"), { recursive: true });

  const asked = [...commands, ...(study ? studyCommands : [])];
  /** @type {Record<string, number | null>} */
  const statuses = {};
  for (const { name, args: given, report } of asked) {
    const args = from ? given.map((one) => (one.startsWith("fits/") ? join(from, one) : one)) : given;
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    /** @param {readonly string[]} more */
    const ask = (more) => spawnSync(process.execPath, [bin, ...args, ...more], { cwd: folder, encoding: "utf8" });
    const json = ask(["--json"]);
    const text = ask(report ? ["--report", `${name}.html`, "--force"] : []);
    writeFileSync(`${file}.json`, json.stdout || "null");
    writeFileSync(`${file}.txt`, text.stdout);
    statuses[name] = text.status;
    for (const { status, stderr } of [json, text])
      if (status !== 0 && status !== unsound) print(`✗ ${name}: status ${status}: ${stderr.trim().slice(-600)}`);
  }
  writeFileSync(join(folder, "statuses.json"), JSON.stringify(statuses, null, 2));
  const failed = Object.entries(statuses).filter(([, status]) => status !== 0 && status !== unsound);
  print(`${asked.length} commands asked, ${failed.length} failed`);
  return failed.length;
};
