/** Numbers as a reader of a paper expects them: true minus signs, powers of ten, as many digits as mean something. */

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

export const superscript = (n: number): string =>
  (n < 0 ? "⁻" : "") + [...String(Math.abs(n))].map((digit) => superscripts[Number(digit)]).join("");

const minus = (text: string): string => text.replace(/^-/, "−");

/** 3e11 becomes "3×10¹¹", 1e11 becomes "10¹¹"; at most `digits` significant digits. */
export const scientific = (value: number, digits = 3): string => {
  if (value === 0) return "0";
  const [mantissa = "", exponent = "0"] = value.toExponential(digits - 1).split("e");
  const short = String(Number(mantissa));
  const power = `10${superscript(Number(exponent))}`;
  return minus(short === "1" ? power : short === "-1" ? `-${power}` : `${short}×${power}`);
};

const steps: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Compute with its unit, kept on one line. */
export const flops = (value: number): string => `${scientific(value)}\u00A0FLOPs`;

/** Parameters or tokens: 25300 becomes "25.3k", 9.583e8 becomes "958M". */
export const count = (value: number, digits = 3): string => {
  for (const [step, letter] of steps) {
    // The rounded value decides, so that 999 999 is 1M and not 1000k.
    const rounded = Number((value / step).toPrecision(digits));
    if (rounded >= 1) return rounded < 1e4 ? `${rounded}${letter}` : scientific(value, digits);
  }
  return String(Number(value.toPrecision(digits)));
};

/** At most `digits` significant digits, in scientific notation where zeros would only fill up. */
export const significant = (value: number, digits = 4): string => {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return scientific(value, digits);
  const text = value.toPrecision(digits);
  return minus(text.includes("e") ? String(Number(text)) : text);
};

/** A fixed number of decimals, with a true minus sign. */
export const fixed = (value: number, decimals: number): string => minus(value.toFixed(decimals));

/** Four decimals: losses of a study differ in the third. What is so small that few of them would say anything has its own digits. */
export const loss = (value: number): string => (Math.abs(value) < 0.01 ? significant(value, 3) : fixed(value, 4));

/** 0.0123 becomes "+1.2 %", with a no-break space. */
export const signedPercent = (fraction: number, decimals = 1): string => {
  const text = (Math.abs(fraction) * 100).toFixed(decimals);
  const sign = Number(text) === 0 ? "" : fraction < 0 ? "−" : "+";
  return `${sign}${text}\u00A0%`;
};

/** Seconds as "48 s", "4 min 12 s", "2 h 05 min" or "37 d 1 h". */
export const duration = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(whole / 60);
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** "1 run", "2 runs". */
export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

/** What is said of a figure above it; what does not hold is left out. */
export const listed = (...words: readonly (string | false)[]): string =>
  words.filter((one) => typeof one === "string").join("; ");

/** What is none of the characters that XML 1.0 allows (production [2]). Half of a surrogate pair is none. */
const forbidden = /[^\n\t -~\u0080-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Drops the characters that XML forbids; one of them in a caption would make a whole SVG unreadable. */
export const printable = (text: string): string => text.replace(forbidden, "");
