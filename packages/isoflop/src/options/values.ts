import { InvalidArgumentError } from "commander";

/** Readers of option values; what they refuse is wrong usage. */
export const number = (text: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Expected a finite number.");
  return value;
};

export const positive = (text: string): number => {
  const value = number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Expected a finite number above 0.");
  return value;
};

export const share = (text: string): number => {
  const value = number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError("Expected a number from 0 to 1.");
  return value;
};

export const whole = (text: string): number => {
  const value = number(text);
  if (!(Number.isSafeInteger(value) && value >= 0))
    throw new InvalidArgumentError("Expected a whole number, 0 or more.");
  return value;
};

export const count = (text: string): number => {
  const value = whole(text);
  if (value < 1) throw new InvalidArgumentError("Expected a whole number, 1 or more.");
  return value;
};

export const countUpTo =
  (most: number) =>
  (text: string): number => {
    const value = count(text);
    if (value > most) throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
    return value;
  };

/** `1e21,3e21`; an option given twice adds up. */
export const positives = (text: string, earlier: readonly number[] = []): readonly number[] => [
  ...earlier,
  ...text.split(",").map(positive),
];

/** `chinchilla,crossed`: some of what there is, each once. */
export const choices =
  <T extends string>(there: readonly T[]) =>
  (text: string): readonly T[] => {
    const names = [...new Set(text.split(",").map((name) => name.trim()))];
    const unknown = names.find((name) => !(there as readonly string[]).includes(name));
    if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${there.join(", ")}.`);
    return names as T[];
  };

/** `0.2,0.8`, ascending: two times of a clock from 0 to 1. */
export const times = (text: string): readonly [number, number] => {
  const [from, to, ...more] = text.split(",").map(share);
  if (from === undefined || to === undefined || more.length > 0 || !(from < to))
    throw new InvalidArgumentError("Expected two times from 0 to 1, the smaller first, such as 0.2,0.8.");
  return [from, to];
};

/** `1e18,1e20`, ascending. */
export const range = (text: string): readonly [number, number] => {
  const [low, high, ...more] = text.split(",").map(positive);
  if (low === undefined || high === undefined || more.length > 0 || !(low < high)) {
    throw new InvalidArgumentError("Expected two numbers, the smaller first, such as 1e18,1e20.");
  }
  return [low, high];
};
