/** @typedef {import("./workspace.mjs").Manifest} Manifest */

export const site = "https://github.com/isoflop/isoflop";

/**
 * What a public package's manifest lacks for whoever finds it on npm.
 * @param {string} path such as "packages/tensor"
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function manifestProblems(path, manifest) {
  const { keywords = [], sideEffects, description, license } = manifest;
  const problems = [];
  if (!description) problems.push("description is missing: one line, for a list of packages");
  if (keywords.length === 0) problems.push("keywords are missing: the field's words for what it does");
  if (license !== "MIT") problems.push(`license is ${said(license)}; it must be "MIT"`);
  if (sideEffects === undefined)
    problems.push("sideEffects is missing: false, or the files that are imported for what they do, such as a worker's");
  for (const [field, expected] of Object.entries(addresses(path))) {
    const found = said(manifest[/** @type {keyof Manifest} */ (field)]);
    if (found !== said(expected)) problems.push(`${field} is ${found}; it must be ${said(expected)}`);
  }
  for (const field of /** @type {const} */ (["author", "contributors", "funding"]))
    if (field in manifest) problems.push(`${field} is given; the repository says who made it`);
  return problems.map((problem) => `${path}/package.json: ${problem}`);
}

/** @param {string} path */
const addresses = (path) => ({
  repository: { type: "git", url: `git+${site}.git`, directory: path },
  homepage: `${site}/tree/main/${path}#readme`,
  bugs: `${site}/issues`,
});

/** @param {unknown} value */
const said = (value) => JSON.stringify(value) ?? "missing";

/**
 * Links and images of a README that lead to a file of the repository: on npm there is none.
 * @param {string} path of the README
 * @param {string} text
 * @returns {string[]}
 */
export function relativeLinks(path, text) {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .map((target) => `${path}: the link ${target} leads nowhere on npm; write ${site}/blob/main/…`);
}

/**
 * Files that must come with a package, and do not.
 * @param {string} path
 * @param {readonly string[]} files of the tarball, such as "package/LICENSE"
 * @returns {string[]}
 */
export const missingFiles = (path, files) =>
  ["LICENSE", "README.md", "package.json"]
    .filter((file) => !files.includes(`package/${file}`))
    .map((file) => `${path}: ${file} is not in the package`);
