/** @typedef {import("./text.mjs").Num} Num */
/** @typedef {import("./read.mjs").Kind} Kind */
/** @typedef {import("./read.mjs").Numbers} Numbers */
/** @typedef {{ number: Num, nearest: Num | undefined }} Lost `nearest` is what AFTER has instead, as far as one can tell */
/** @typedef {{ document: string, compared: number, lost: Lost[], added: number }} Comparison `document` is "name#kind" */

/** Doubles of JSON are equal within this share. */
const tolerance = 1e-12;

/**
 * What is left of two lists when every number of one is struck out with an equal one of the other.
 * @param {readonly Num[]} before @param {readonly Num[]} after @param {(number: Num) => string} nameOf equal numbers have one name
 */
const strike = (before, after, nameOf) => {
  /** @type {Map<string, Num[]>} */
  const open = new Map();
  for (const one of before) open.set(nameOf(one), [...(open.get(nameOf(one)) ?? []), one]);
  const rest = after.filter((one) => open.get(nameOf(one))?.pop() === undefined);
  return { before: [...open.values()].flat(), after: rest };
};

/** The same within the tolerance. @param {readonly Num[]} before @param {readonly Num[]} after */
const strikeNear = (before, after) => {
  const [wanted, offered] = [before, after].map((numbers) => [...numbers].sort((a, b) => a.value - b.value));
  /** @type {{ before: Num[], after: Num[] }} */
  const left = { before: [], after: [] };
  for (const one of wanted ?? []) {
    const slack = tolerance * Math.abs(one.value);
    while (offered?.[0] && offered[0].value < one.value - slack) left.after.push(...offered.splice(0, 1));
    if (offered?.[0] && offered[0].value <= one.value + slack) offered.shift();
    else left.before.push(one);
  }
  return { before: left.before, after: [...left.after, ...(offered ?? [])] };
};

/** The one of the same key, else of all, whose value is nearest. @param {Num} number @param {readonly Num[]} others */
const nearest = (number, others) => {
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
  const others = left.after.length > 0 ? left.after : after;
  const lost = left.before.map((number) => ({ number, nearest: nearest(number, others) }));
  return { document, compared: before.length, lost, added: left.after.length };
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
