import { surfaceForms } from "@isoflop/scaling";

/** Further predictors that some form of surface asks for: their names need no prefix in `--columns`. */
export const knownInputs = (): readonly string[] => [
  ...new Set([...surfaceForms].flatMap((form) => (form.inputs ?? []).map(({ name }) => name))),
];
