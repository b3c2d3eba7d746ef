import type { Estimate } from "@isoflop/scaling";
import type { Answer } from "../answer.js";
import type { Page } from "../page/page.js";
import { sectionsOf } from "../page/sections.js";
import { type LoadedRuns, loadGroups, loadRuns, type RunInput } from "../runs/load.js";
import { interval, num } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import { caveatOf, type SavedFit } from "./saved.js";

/** One fit as a command answers with it. */
export interface FitAnswer extends Answer {
  readonly document: SavedFit;
  /** What groups are compared by: exponents by their names in the fit. */
  readonly exponents: Readonly<Record<string, Estimate>>;
}

/** What `--group-by … --json` prints: a fit for each value of a column. */
export interface GroupedFits {
  readonly command: SavedFit["command"];
  readonly groupBy: string;
  readonly groups: Readonly<Record<string, SavedFit>>;
}

/**
 * A fit for each value of a column, one after the other, and their exponents side by side.
 * @param fitted the fit of each value
 */
export const groupedAnswer = (groupBy: string, fitted: ReadonlyMap<string, FitAnswer>): Answer => {
  const groups = [...fitted];
  const document: GroupedFits = {
    command: groups[0]![1].document.command,
    groupBy,
    groups: Object.fromEntries(groups.map(([value, { document }]) => [value, document])),
  };
  const titleOf = (value: string) => `${groupBy} = ${value === "" ? "(empty)" : value}`;
  const summary = exponentsTable(groupBy, groups);
  const unsound = groups.filter(([, { document }]) => caveatOf(document).status !== "converged");
  const [first] = unsound;
  return {
    document,
    words: [...groups.flatMap(([value, { words }]): Words => [{ title: titleOf(value) }, ...words]), summary],
    page: async () => {
      const pages = await Promise.all(groups.map(async ([value, one]) => ({ value, one, page: await one.page() })));
      return {
        title: `${document.command} by ${groupBy}`,
        figures: [],
        sections: [
          summary,
          ...pages.flatMap(({ value, one, page }) => {
            const [figures, ...words] = sectionsOf(page, one.words);
            return [{ ...figures, title: titleOf(value) }, ...words];
          }),
        ],
      } satisfies Page;
    },
    ...(first && {
      caveat: {
        status: caveatOf(first[1].document).status,
        message: unsound
          .map(
            ([value, { document }]) => `${titleOf(value)}: ${caveatOf(document).message ?? caveatOf(document).status}`,
          )
          .join("; "),
      },
    }),
  };
};

/** The answer to one fit through all rows, or to one of each value of a column where `--group-by` names one. */
export const answerOfRuns = async <O extends RunInput & { readonly groupBy?: string }>(
  options: O,
  answerOf: (loaded: LoadedRuns, options: O) => FitAnswer | Promise<FitAnswer>,
): Promise<Answer> => {
  const { groupBy } = options;
  if (groupBy === undefined) return answerOf(loadRuns(options), options);
  const answers = new Map<string, FitAnswer>();
  for (const [value, loaded] of loadGroups(options, groupBy)) answers.set(value, await answerOf(loaded, options));
  return groupedAnswer(groupBy, answers);
};

/** A row for each group, a column for each exponent. */
const exponentsTable = (groupBy: string, groups: readonly (readonly [string, FitAnswer])[]): Passage => {
  const names = [...new Set(groups.flatMap(([, { exponents }]) => Object.keys(exponents)))];
  const rows = groups.map(([value, { document, exponents }]) => [
    value,
    ...names.map((name) => {
      const estimate = exponents[name];
      return estimate ? `${num(estimate.value, 4)} ${interval(estimate.ci95, 3)}` : "–";
    }),
    String(document.points.used),
    caveatOf(document).status,
  ]);
  return { ...table([groupBy, ...names, "points", "status"], rows), title: "Exponents side by side" };
};
