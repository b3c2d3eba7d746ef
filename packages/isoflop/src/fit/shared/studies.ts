import type { Run, SharedFit } from "@isoflop/scaling";
import { usageError } from "../../exit.js";

/** Runs by their label, in the order in which the labels come. */
export const byLabel = (runs: readonly Run[]): { readonly name: string; readonly runs: readonly Run[] }[] =>
  [...new Set(runs.map(({ label = "" }) => label))].map((name) => ({
    name,
    runs: runs.filter(({ label = "" }) => label === name),
  }));

/** The study that is asked. @throws CliError `usage` naming those there are */
export const studyOf = ({ studies }: SharedFit, asked: string | undefined) => {
  const found = studies.find(({ name }) => name === asked);
  if (found) return found;
  const names = studies.map(({ name }) => name).join(", ");
  throw usageError(
    asked === undefined
      ? `which study? --study is one of ${names}`
      : `there is no study "${asked}"; expected one of ${names}`,
  );
};
