import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import { usageError } from "../exit.js";
import { statusOf } from "../files/status.js";
import { outputFile } from "../files/write.js";
import { forceOption, jsonOption } from "../options/common.js";
import { versions } from "../versions.js";
import { emit } from "../words/emit.js";
import { printable } from "../words/printable.js";

interface Options {
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
The file is the quick study with every field explained. Beside it lies study.schema.json, by which an editor completes and checks it
(VS Code with the YAML extension needs nothing more); it knows the parts of this version.

Examples:
  isoflop init
  isoflop init studies/mine.yaml && isoflop plan studies/mine.yaml && isoflop study studies/mine.yaml`;

/** What begins the files that this command writes. */
const FIRST_LINE = "# yaml-language-server: $schema=./study.schema.json";
const isOurSchema = (head: string): boolean => /^\{\n {2}"\$schema": .*\n(.*\n)*? {2}"title": "Study"/.test(head);

export const configure = (command: Command): void => {
  forceOption(jsonOption(command.argument("[file.yaml]", "where it goes", "study.yaml")))
    .addHelpText("after", help)
    .action(async (file: string, { force, json }: Options) => {
      const schemaFile = join(dirname(file), "study.schema.json");
      const choices = { inputs: [], force };
      // What a person has written there is theirs, even where this command wrote it first.
      if (!force && statusOf(file))
        throw usageError(`${printable(file)} is there already; name another file or add --force`);
      const study = outputFile(file, { ...choices, option: "the study's", isOurs: () => false });
      const schema = outputFile(schemaFile, { ...choices, option: "the schema's", isOurs: isOurSchema });
      const { studyJsonSchema } = await import("../study/file/json-schema.js");
      const { template } = await import("../study/file/shipped.js");
      const { title, $schema, ...rest } = studyJsonSchema();
      await schema.write(`${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`);
      await study.write(`${FIRST_LINE}\n${readFileSync(template, "utf8")}`);
      const document = { command: "init", files: { study: file, schema: schemaFile }, versions: versions() };
      await emit(json, document, () => [
        { notes: [`written: ${file}, ${basename(schemaFile)}`] },
        `isoflop plan ${file}`,
        `isoflop study ${file}`,
      ]);
    });
};
