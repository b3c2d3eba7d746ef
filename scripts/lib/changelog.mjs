/**
 * The changelog of a package that was never released, as changesets write it, for a reader who has seen none of it: what the package is, then all
 * that it can in one list. What was new and what was mended before anybody had it is no difference to them.
 * @param {string} changelog
 * @param {string} description of the package, as its manifest has it
 * @returns {string} unchanged where there was a release before
 */
export function asFirstRelease(changelog, description) {
  const releases = changelog.match(/^## .*$/gm) ?? [];
  if (releases.length !== 1) return changelog;
  const [title = "", ...rest] = changelog.split(/^## .*$/m);
  const items = rest
    .join("")
    .replace(/^### .*\n+/gm, "")
    .replace(/\n{2,}(?=- )/g, "\n")
    .trim();
  return `${title.trim()}\n\n${releases[0]}\n\nThe first release. ${description}.\n\n${items}\n`;
}
