import { type SurfaceInput, surfaceForms } from "@isoflop/scaling";
import type { Command } from "commander";
import { usageError } from "../exit.js";
import { positive } from "./values.js";

/** What the forms of a surface depend on beside N and D, each once, with the forms that do. */
const inputsOfForms = (): readonly { readonly input: SurfaceInput; readonly forms: readonly string[] }[] => {
  const found = new Map<string, { readonly input: SurfaceInput; readonly forms: string[] }>();
  for (const { name: form, inputs = [] } of surfaceForms)
    for (const input of inputs) {
      const known = found.get(input.name);
      if (known) known.forms.push(form);
      else found.set(input.name, { input, forms: [form] });
    }
  return [...found.values()];
};

/** An option for each: `--unique <U>`. */
export const inputOptions = (command: Command): Command => {
  for (const { input, forms } of inputsOfForms())
    command.option(
      `--${input.word} <${input.name}>`,
      `${input.meaning}, for a surface of the form ${forms.join(" or ")}`,
      positive,
    );
  return command;
};

/** What was given of them, by name. */
export const givenInputs = (options: object): Readonly<Record<string, number>> | undefined => {
  const given = inputsOfForms().flatMap(({ input: { name, word } }) => {
    const value = (options as Readonly<Record<string, number | undefined>>)[word];
    return value === undefined ? [] : [[name, value] as const];
  });
  return given.length > 0 ? Object.fromEntries(given) : undefined;
};

/** @throws CliError `usage` for what the form does not depend on */
export const checkInputs = (form: string, inputs: Readonly<Record<string, number>> = {}): void => {
  for (const { input, forms } of inputsOfForms())
    if (Object.hasOwn(inputs, input.name) && !forms.includes(form))
      throw usageError(`--${input.word} is for a surface of the form ${forms.join(" or ")}, not ${form}`);
};
