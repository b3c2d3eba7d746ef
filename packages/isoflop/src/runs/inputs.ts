import { surfaceForms } from "@isoflop/scaling";

/** A form that asks for more than N and D says what. */
interface Asking {
  readonly inputs?: readonly { readonly name: string }[];
}

/** Further predictors that some form of surface asks for: their names need no prefix in `--columns`. */
export const knownInputs = (): readonly string[] => [
  ...new Set([...surfaceForms].flatMap((form) => ((form as Asking).inputs ?? []).map(({ name }) => name))),
];
