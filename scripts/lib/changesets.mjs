/** @typedef {import("./workspace.mjs").Package} Package */

/**
 * What is wrong with the changesets: one that does not parse or names no public package, and a public package whose
 * present version was never released although no changeset would release it.
 * @param {{ file: string, text: string }[]} changesets the `.changeset/*.md` files
 * @param {Package[]} packages the public packages
 * @param {(pkg: Package) => string} changelog a package's CHANGELOG.md, empty when it has none
 * @returns {string[]}
 */
export function checkChangesets(changesets, packages, changelog) {
  const names = packages.map(({ name }) => name);
  const problems = [];
  const released = new Set();
  for (const { file, text } of changesets) {
    const [, header, summary] = /^---\r?\n([\s\S]*?)\r?\n?---\r?\n([\s\S]*)$/.exec(text) ?? [];
    if (header === undefined || !summary?.trim()) {
      problems.push(`${file}: needs front matter between two lines "---", then one sentence`);
      continue;
    }
    for (const line of header.split(/\r?\n/).filter((content) => content.trim())) {
      const [, name, bump] = /^\s*["']?([^"':]+)["']?\s*:\s*["']?(\w+)["']?\s*$/.exec(line) ?? [];
      if (!name || !names.includes(name))
        problems.push(`${file}: "${name ?? line}" is no public package; those are ${names.join(", ")}`);
      else if (!bump || !/^(major|minor|patch)$/.test(bump))
        problems.push(`${file}: "${bump}" must be major, minor or patch`);
      else released.add(name);
    }
  }
  for (const pkg of packages) {
    const { version } = pkg.manifest;
    if (released.has(pkg.name) || changelog(pkg).split(/\r?\n/).includes(`## ${version}`)) continue;
    problems.push(
      `${pkg.path}: version ${version} of ${pkg.name} is in no CHANGELOG and no changeset releases it; add one (pnpm changeset)`,
    );
  }
  return problems;
}
