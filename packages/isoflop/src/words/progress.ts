import type { Opening } from "@isoflop/data";
import { type Face, type ReporterOptions, reporter } from "../progress/reporter.js";
import { bar, leftWords, percentDone } from "../progress/texts.js";
import { printable } from "./printable.js";

/** Quick fits stay silent. */
const QUIET_MS = 1500;

/** The remaining time is said when this share is done. */
const FOUNDED = 0.02;

/** Told how far work has come: parts done, of all if that is known, and at what it is, where it has several stages. */
export type OnProgress = (done: number, of?: number, what?: string) => void;

/** The opening of data as stages of work: "decoding images". */
export const stagesOfData =
  (onStage: OnProgress): NonNullable<Opening["onProgress"]> =>
  ({ stage, done, of, unit }) =>
    onStage(done, of, `${stage} ${unit}`);

interface Counted {
  readonly what: string;
  readonly done: number;
  readonly of: number | undefined;
  /** Of this stage. */
  readonly seconds: number;
}

const rate = ({ done, seconds }: Counted): string => (seconds > 0 ? `${Math.round(done / seconds)} a second` : "");

/** Seconds left, by how long what is done took. */
const leftOf = (done: number, of: number, seconds: number): number | undefined =>
  done >= FOUNDED * of && done > 0 ? (seconds / done) * (of - done) : undefined;

const face: Face<Counted> = {
  lines(state, { columns, colours }) {
    const { what, done, of, seconds } = state;
    if (of === undefined) return [`${colours.bold(what)}  ${done}  ${colours.dim(rate(state))}`];
    const words = `${percentDone(done / of)}  ${leftWords(leftOf(done, of, seconds))}`;
    const width = Math.min(40, columns - what.length - words.length - 4);
    return [[colours.bold(what), bar(done / of, width, colours), words].filter((part) => part !== "").join("  ")];
  },
  sentence(state) {
    const { what, done, of, seconds } = state;
    if (of === undefined) return `${what}: ${done}, ${rate(state)}`;
    return `${what}: ${percentDone(done / of)}, ${leftWords(leftOf(done, of, seconds))}`;
  },
};

/**
 * Reports progress on standard error: a bar on a terminal, plain lines elsewhere, and nothing of what is quickly done. A stage of which all
 * is done is shown no more.
 * @param name what is done, until a stage says it
 */
export const progress = (
  name: string,
  options: ReporterOptions = {},
): { readonly onProgress: OnProgress; readonly end: () => void } => {
  const begun = (what: string) => ({
    what,
    since: performance.now(),
    shown: reporter(face, { quiet: QUIET_MS, ...options }),
  });
  let stage: ReturnType<typeof begun> | undefined = begun(name);
  const end = (): void => {
    stage?.shown.end();
    stage = undefined;
  };
  return {
    onProgress(done, of, what = name) {
      if (stage?.what !== what) {
        end();
        stage = begun(what);
      }
      const seconds = (performance.now() - stage!.since) / 1000;
      if (of !== undefined && done >= of) end();
      else stage!.shown.update({ what: printable(what), done, of, seconds });
    },
    end,
  };
};
