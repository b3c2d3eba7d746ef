import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Files that git tracks, or every file but installed and built ones where there is no git; relative to `folder`. @param {string} folder */
export function committedFiles(folder) {
  try {
    const options = ["-c", `safe.directory=${folder}`, "ls-files", "-z"];
    const listing = execFileSync("git", options, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return listing.split("\0").filter(Boolean);
  } catch {
    return walk(folder).map((file) => relative(folder, file));
  }
}

/** @param {string} folder @returns {string[]} */
const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (/^(node_modules|dist|runs|coverage|\.git|\.turbo|\.cache)$/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });

/** @param {string} file @returns {string | undefined} its text, or nothing when it is gone or binary */
export function readText(file) {
  try {
    const bytes = readFileSync(file);
    return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString("utf8");
  } catch {
    return undefined;
  }
}
