// How a changeset reads in a changelog: its sentences, as one item, without the commit that brought it.

/** @param {{ summary: string }} changeset */
const getReleaseLine = async ({ summary }) => {
  const [first = "", ...rest] = summary.trim().split(/\r?\n/);
  return [`- ${first}`, ...rest.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
};

/**
 * @param {readonly unknown[]} _changesets
 * @param {readonly { name: string, newVersion: string }[]} dependencies of this repository that were released, too
 */
const getDependencyReleaseLine = async (_changesets, dependencies) =>
  dependencies.length === 0
    ? ""
    : `- With ${dependencies.map(({ name, newVersion }) => `${name} ${newVersion}`).join(", ")}.`;

module.exports = { default: { getReleaseLine, getDependencyReleaseLine } };
