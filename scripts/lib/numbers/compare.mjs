/** @typedef {import("./text.mjs").Num} Num */
/** @typedef {import("./read.mjs").Kind} Kind */
/** @typedef {import("./read.mjs").Numbers} Numbers */
/**
 * @typedef {object} Comparison
 * @property {string} document "name#kind"
 * @property {number} compared how many numbers there were before
 * @property {Num[]} lost those that are not there after
 * @property {Num[]} added those that were not there before
 * @property {readonly Num[]} after all that are there after
 */

/** Doubles of JSON are equal within this share. */
const tolerance = 1e-12;

/**
 * What is left of two lists when every number of one is struck out with an equal one of the other.
 * @param {readonly Num[]} before @param {readonly Num[]} after @param {(number: Num) => string} nameOf equal numbers have one name
 */
const strike = (before, after, nameOf) => {
  /** @type {Map<string, Num[]>} */
  const open = new Map();
  for (const one of before) {
    const equals = open.get(nameOf(one));
    if (equals) equals.push(one);
    else open.set(nameOf(one), [one]);
  }
  const rest = after.filter((one) => open.get(nameOf(one))?.pop() === undefined);
  return { before: [...open.values()].flat(), after: rest };
};

/** The same within the tolerance. @param {readonly Num[]} before @param {readonly Num[]} after */
const strikeNear = (before, after) => {
  const [wanted = [], offered = []] = [before, after].map((numbers) => [...numbers].sort((a, b) => a.value - b.value));
  /** @type {{ before: Num[], after: Num[] }} */
  const left = { before: [], after: [] };
  let at = 0;
  for (const one of wanted) {
    const slack = tolerance * Math.abs(one.value);
    for (; (offered[at]?.value ?? Infinity) < one.value - slack; at++) left.after.push(...offered.slice(at, at + 1));
    if ((offered[at]?.value ?? Infinity) <= one.value + slack) at++;
    else left.before.push(one);
  }
  return { before: left.before, after: [...left.after, ...offered.slice(at)] };
};

/**
 * What is there instead of a lost number, as far as one can tell: of what is new, or else of all, the one of its key, or else any, whose
 * value is nearest.
 * @param {Num} number @param {Comparison} comparison
 */
export const nearest = (number, { added, after }) => {
  const others = added.length > 0 ? added : after;
  const alike = others.filter(({ key }) => key === number.key);
  const distance = (/** @type {Num} */ one) => Math.abs(one.value - number.value);
  return (alike.length > 0 ? alike : others).reduce(
    (/** @type {Num | undefined} */ best, one) => (best && distance(best) <= distance(one) ? best : one),
    undefined,
  );
};

/**
 * The numbers of one document and kind. Equal numbers of the same key are struck out first, so that a lost one is named by the key
 * it is lost from; after them those of any key.
 * @param {string} document @param {readonly Num[]} before @param {readonly Num[]} after
 * @returns {Comparison}
 */
const compareNumbers = (document, before, after) => {
  let left = strike(before, after, ({ key, text }) => `${text} ${key}`);
  left = strike(left.before, left.after, ({ text }) => text);
  if (document.endsWith("#json")) left = strikeNear(left.before, left.after);
  return { document, compared: before.length, lost: left.before, added: left.after, after };
};

/**
 * Every document of two folders, by name and kind.
 * @param {ReadonlyMap<string, Numbers>} before @param {ReadonlyMap<string, Numbers>} after
 * @returns {Comparison[]}
 */
export const compareDocuments = (before, after) =>
  [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [old, fresh] = [before.get(name) ?? {}, after.get(name) ?? {}];
    const kinds = /** @type {Kind[]} */ ([...new Set([...Object.keys(old), ...Object.keys(fresh)])]);
    return kinds.map((kind) => compareNumbers(`${name}#${kind}`, old[kind] ?? [], fresh[kind] ?? []));
  });

/** @typedef {{ line: string, document: RegExp, key: RegExp, reason: string }} Expectation */

/** A pattern in which "*" stands for anything. @param {string} pattern */
const glob = (pattern) => new RegExp(`^${pattern.replace(/[.+?^${}()[\]\\|]/g, "\\$&").replaceAll("*", ".*")}$`, "i");

/**
 * Lines "document#kind | key | reason", with "*" for anything; "#" begins a line that says nothing.
 * @param {string} text
 * @returns {Expectation[]}
 */
export const readExpectations = (text) =>
  text.split("\n").flatMap((line) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [document = "", key = "", reason = ""] = line.split("|").map((part) => part.trim());
    if (!document || !key || !reason) throw new Error(`Expected "document#kind | key | reason", not "${line}".`);
    return [{ line, document: glob(document), key: glob(key), reason }];
  });
