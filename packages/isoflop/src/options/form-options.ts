import { type Command, InvalidArgumentError, Option } from "commander";
import * as v from "valibot";
import { usageError } from "../exit.js";

/** What a form says of itself, as far as the command line asks. */
interface Form {
  readonly name: string;
  readonly formula: string;
  /** Options of its fit: their checks and defaults. */
  readonly options?: v.ObjectEntries;
}

type Forms = Iterable<Form> & { readonly names: readonly string[] };

interface FormNames {
  readonly fallback: string;
  /** Names under which some forms are known too. */
  readonly otherNames?: Readonly<Record<string, string>>;
}

/** The forms and their formulas, for a help text. */
export const formsHelp = (forms: Forms): string => {
  const width = Math.max(...forms.names.map((name) => name.length));
  return [...forms].map(({ name, formula }) => `  ${name.padEnd(width)}  ${formula}`).join("\n");
};

/** `--form`, and an option for each option of a form. */
export const formOptions = (command: Command, forms: Forms, { fallback, otherNames = {} }: FormNames): Command => {
  const form = new Option("--form <name>", "functional form")
    .choices([...forms.names, ...Object.keys(otherNames)])
    .default(fallback);
  const { parseArg: checked } = form;
  command.addOption(
    form.argParser((name, before) => {
      checked?.(name, before);
      return otherNames[name] ?? name;
    }),
  );
  for (const [name, { schema, of }] of optionsOf(forms)) command.addOption(optionOf(name, schema, of));
  return command;
};

/** What was given of the form's options. @throws CliError `usage` for an option of other forms */
export const givenOf = (forms: Forms, form: string, given: Readonly<Record<string, unknown>>) => {
  const asked = [...optionsOf(forms)].filter(([name]) => given[name] !== undefined);
  for (const [name, { of }] of asked)
    if (!of.includes(form)) throw usageError(`${flagOf(name)} is for --form ${of.join(" or ")}, not ${form}`);
  return Object.fromEntries(asked.map(([name]) => [name, given[name]]));
};

/** Every option of the forms, with the forms that take it. */
const optionsOf = (forms: Forms) => {
  const found = new Map<string, { readonly schema: v.GenericSchema; readonly of: string[] }>();
  for (const { name: form, options = {} } of forms)
    for (const [name, schema] of Object.entries(options as Readonly<Record<string, v.GenericSchema>>)) {
      const known = found.get(name);
      if (known) known.of.push(form);
      else found.set(name, { schema, of: [form] });
    }
  return found;
};

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const optionOf = (name: string, schema: v.GenericSchema, of: readonly string[]): Option => {
  const { wrapped = schema } = schema as { readonly wrapped?: v.GenericSchema };
  const about = v.getDescription(schema as never) ?? v.getDescription(wrapped as never) ?? choicesOf(schema);
  const usual = v.getDefaults(schema as never) as unknown;
  const words = `of ${of.join(" and ")}${about === undefined ? "" : `: ${about}`}`;
  return new Option(
    `${flagOf(name)} <value>`,
    usual === undefined ? words : `${words} (default: ${String(usual)})`,
  ).argParser((text) => valueFrom(schema, text));
};

/** "raw or log" */
const choicesOf = (schema: v.GenericSchema): string | undefined => {
  const { wrapped = schema } = schema as { readonly wrapped?: v.GenericSchema };
  const { options } = wrapped as { readonly options?: readonly unknown[] };
  return wrapped.type === "picklist" ? options?.map(String).join(" or ") : undefined;
};

/** The text as it stands, or the number that it writes, whichever the option takes. */
const valueFrom = (schema: v.GenericSchema, text: string): unknown => {
  const [asText, asNumber] = [text, text.trim() === "" ? text : Number(text)].map((one) => v.safeParse(schema, one));
  const result = asText?.success ? asText : asNumber;
  if (result?.success) return result.output;
  throw new InvalidArgumentError(`Expected ${asText?.issues?.[0].message}.`);
};
