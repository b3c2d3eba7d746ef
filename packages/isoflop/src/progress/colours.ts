import { createRequire } from "node:module";
import type { createColors } from "picocolors";

const require = createRequire(import.meta.url);

export type Colours = ReturnType<typeof createColors>;

let refused = false;

/** What `--no-color` says. */
export const withoutColours = (): void => {
  refused = true;
};

const no: readonly (string | undefined)[] = [undefined, ""];

/** --no-color and NO_COLOR (no-color.org) take colours away, FORCE_COLOR gives them anywhere; else a terminal has them. */
const hasColours = ({ isTTY }: { readonly isTTY?: boolean }): boolean => {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (refused || !no.includes(NO_COLOR)) return false;
  if (!no.includes(FORCE_COLOR)) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTTY === true && TERM !== "dumb";
};

/** Colours for what is written to a stream; where it has none they leave text as it is. */
export const coloursOf = (stream: { readonly isTTY?: boolean }): Colours =>
  (require("picocolors") as { readonly createColors: typeof createColors }).createColors(hasColours(stream));
