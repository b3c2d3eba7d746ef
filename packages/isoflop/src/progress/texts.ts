import type { Colours } from "./colours.js";

const HOUR = 3600;
const two = (value: number): string => String(value).padStart(2, "0");

/** Seconds as 0:42, 12:30, 3:05:10 or, from two days on, 3 d 4 h. */
export const clock = (seconds: number): string => {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / HOUR);
  const rest = `${hours > 0 ? two(Math.floor((whole % HOUR) / 60)) : Math.floor(whole / 60)}:${two(whole % 60)}`;
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return hours > 0 ? `${hours}:${rest}` : rest;
};

/** What is left, or that nobody can tell yet. */
export const leftWords = (seconds: number | undefined): string =>
  seconds === undefined ? "measuring" : `${clock(seconds)} left`;

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"] as const;

/** FLOPs per second with three digits: 12.3 GFLOP/s. */
export const rateWords = (speed: number): string => {
  const power = Math.min(PREFIXES.length - 1, Math.max(0, Math.floor(Math.log10(speed) / 3)));
  return `${(speed / 1000 ** power).toPrecision(3)} ${PREFIXES[power]}FLOP/s`;
};

/** Whole percent, 100 only when all is done. */
export const percentDone = (share: number): string => `${Math.floor(100 * Math.min(1, share) + 1e-9)} %`;

/** A bar of so many characters; none where there is no room for one. */
export const bar = (share: number, width: number, { green, dim }: Pick<Colours, "green" | "dim">): string => {
  if (width < 4) return "";
  const full = Math.round(width * Math.min(1, Math.max(0, share)));
  return green("█".repeat(full)) + dim("░".repeat(width - full));
};
