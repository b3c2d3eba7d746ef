/** Longer names are cut in messages. */
const SHOWN = 100;

/** Characters that a terminal obeys or that change the order of what is shown. */
const UNPRINTABLE = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text of a file as it may stand in a message: of any origin, so printable and short. */
export const printable = (text: string): string =>
  JSON.stringify(text.slice(0, SHOWN))
    .slice(1, -1)
    .replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`) +
  (text.length > SHOWN ? "..." : "");

/** A value of a header in a message: a name in quotes, or what kind of value it is. */
export const quoted = (value: unknown): string => {
  if (typeof value === "string") return `"${printable(value)}"`;
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
};
