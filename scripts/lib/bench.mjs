/** @typedef {import("./workspace.mjs").Package} Package */

/** The folder's name, by which a package is asked for. @param {Package} one */
export const shortName = ({ path }) => path.slice(path.lastIndexOf("/") + 1);

/**
 * The packages whose bench is to run: those with a script "bench", or of these the ones that are named.
 * @param {readonly Package[]} packages
 * @param {readonly string[]} names such as "train" or "@isoflop/train"
 * @returns {Package[]}
 */
export function chosenBenches(packages, names) {
  const benches = packages.filter(({ manifest }) => manifest.scripts?.bench);
  const unknown = names.find((name) => !benches.some((one) => isNamed(one, name)));
  if (unknown !== undefined)
    throw new Error(`No package "${unknown}" has a bench; there are ${benches.map(shortName).join(", ")}.`);
  return benches.filter((one) => names.length === 0 || names.some((name) => isNamed(one, name)));
}

/** @param {Package} one @param {string} name */
const isNamed = (one, name) => name === one.name || name === shortName(one);

/**
 * Names, and behind "--" what every bench is given.
 * @param {readonly string[]} args
 */
export function benchArguments(args) {
  const end = args.indexOf("--");
  return end < 0 ? { names: args, rest: [] } : { names: args.slice(0, end), rest: args.slice(end + 1) };
}
