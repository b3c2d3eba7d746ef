import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FigureFormat } from "@isoflop/plot/node";
import { type Command, Option } from "commander";
import { usageError } from "../exit.js";
import { decodeTables } from "../files/parquet.js";
import { outputFile } from "../files/write.js";
import { type ColumnMap, columnMap } from "../options/columns.js";
import { forceOption, jsonOption, quantityOption, skipOption } from "../options/common.js";
import { choices } from "../options/values.js";
import { studyPath } from "../study/find.js";
import { versionOf, versions } from "../versions.js";
import { emit, print } from "../words/emit.js";
import { note, printable, printableJson } from "../words/printable.js";
import type { Source } from "./source.js";
import { type ExportTable, type TableName, tableNames } from "./table.js";

const kinds = ["csv", "json", "latex", "bibtex"] as const;
type Kind = (typeof kinds)[number];

/** The formats of `@isoflop/plot/node`, which is loaded where figures are drawn. */
const formats = ["svg", "png", "pdf"] as const satisfies readonly FigureFormat[];

interface Options {
  readonly as?: readonly Kind[];
  readonly figures?: readonly FigureFormat[];
  readonly out?: string;
  readonly table?: readonly TableName[];
  readonly runs?: string;
  readonly only?: string;
  readonly columns?: ColumnMap;
  readonly quantity?: string;
  readonly skipBadRows?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
}

const help = `
The input is what "isoflop fit … --json" or "isoflop predict … --json" printed, the folder of a study or its summary.json, or a table or
folder of runs. Its tables, of those that it has: runs, points, optima, laws, estimates, predictions; of a study the law that predicts and its
rehearsals; and of runs that were trained here bins, their losses by noise level.

CSV has a file for each table, an estimate with its standard error and its 95 % interval in columns beside it. LaTeX is for booktabs,
needs no other package but amsmath and, for long tables, longtable, and escapes what LaTeX would obey. BibTeX has the study that this
program reproduces, the methods that the fit says it used, the data, and this program with its version. PDF figures are vectors with
their fonts embedded.

Examples:
  isoflop export fit.json --as latex > laws.tex
  isoflop export runs/quick --as csv,latex,bibtex --figures pdf,svg --out paper
  isoflop export runs.csv --as csv --columns N=params,D=tokens,loss=val_loss > clean.csv`;

export const configure = (command: Command): void => {
  skipOption(
    quantityOption(
      forceOption(
        jsonOption(
          command.argument("<input>", 'a fit, predictions, a study or runs; "-" reads standard input', studyPath),
        ),
      ),
    ),
  )
    .addOption(new Option("--as <format,…>", `of the numbers: ${kinds.join(", ")}`).argParser(choices(kinds)))
    .addOption(
      new Option("--figures <format,…>", `draw the figures: ${formats.join(", ")}`).argParser(choices(formats)),
    )
    .option("--out <folder>", "write files there; needed for figures and for several files (default: standard output)")
    .addOption(
      new Option("--table <name,…>", `only these tables: ${tableNames.join(", ")}`).argParser(choices(tableNames)),
    )
    .option("--runs <file>", "the table that a surface was fitted to, which its figures and its table of runs need")
    .option("--only <value>", "which of several fits, or the label of the rows that are meant")
    .option("--columns <map>", "of a table of runs, that of --runs too: C=…,N=…,D=…,loss=…,label=…", columnMap)
    .addHelpText("after", help)
    .action(async (path: string, options: Options) => {
      await decodeTables([path, options.runs]);
      const { sourceOf } = await import("./source.js");
      const whole = await sourceOf(path, options);
      const source = { ...whole, tables: chosen(whole, options.table) };
      const texts = await textsOf(source, options.as ?? (options.figures ? [] : ["csv"]));
      if (options.out === undefined) await toStandardOutput(source, texts, options);
      else await toFolder(source, texts, path, options.out, options);
    });
};

const chosen = ({ tables }: Source, names: readonly TableName[] | undefined): readonly ExportTable[] => {
  if (names === undefined) return tables;
  const there = tables.map(({ name }) => name);
  const missing = names.find((name) => !there.includes(name));
  if (missing !== undefined) throw usageError(`there is no table ${missing}; there are: ${there.join(", ") || "none"}`);
  return tables.filter(({ name }) => names.includes(name));
};

/** A text that is written, under a name of its own. */
interface Text {
  readonly name: string;
  readonly content: string;
  /** How it begins, where it says who made it. */
  readonly head?: string;
}

const textsOf = async (source: Source, as: readonly Kind[]): Promise<readonly Text[]> => {
  const { input, tables, fits, data, what } = source;
  const texts: Text[] = [];
  for (const kind of as) {
    if (kind === "csv") {
      const { tableAsCsv } = await import("./csv.js");
      texts.push(...tables.map((table) => ({ name: `${table.name}.csv`, content: tableAsCsv(table) })));
    } else if (kind === "json") {
      const { flatTable } = await import("./csv.js");
      const { writeRecord } = await import("@isoflop/scaling");
      const rows = ({ header, rows }: ReturnType<typeof flatTable>) =>
        rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? null])));
      const document = {
        command: "export",
        what,
        input,
        tables: Object.fromEntries(tables.map((table) => [table.name, rows(flatTable(table))])),
        versions: versions("@isoflop/scaling"),
      };
      texts.push({
        name: "export.json",
        content: `${printableJson(writeRecord(document))}\n`,
        head: '{\n  "command": "export",\n',
      });
    } else if (kind === "latex") {
      const { LATEX_HEAD, tablesAsLatex } = await import("./latex.js");
      texts.push({ name: "tables.tex", content: tablesAsLatex(tables, basename(input.file)), head: LATEX_HEAD });
    } else {
      const [{ BIBTEX_HEAD, referencesAsBibtex }, { referencesOf }] = await Promise.all([
        import("./bibtex.js"),
        import("./references.js"),
      ]);
      const references = referencesOf({ fits, data, version: versionOf("isoflop") });
      texts.push({ name: "references.bib", content: referencesAsBibtex(references), head: BIBTEX_HEAD });
    }
  }
  return texts;
};

const toStandardOutput = async (
  { cautions }: Source,
  texts: readonly Text[],
  { figures, json }: Options,
): Promise<void> => {
  if (figures) throw usageError("--figures needs a folder: --out");
  if (json) throw usageError("--json says which files were written: it needs --out; the numbers as JSON are --as json");
  if (texts.length !== 1) {
    const names = texts.map(({ name }) => name).join(", ") || "none";
    throw usageError(
      `standard output takes one file, and these are: ${names}; add --out, or choose with --as and --table`,
    );
  }
  for (const caution of cautions) note(`caution: ${caution}`);
  await print(texts[0]!.content);
};

const toFolder = async (
  source: Source,
  texts: readonly Text[],
  input: string,
  folder: string,
  { figures, json, force, runs }: Options,
): Promise<void> => {
  const fileOf = (name: string, head?: string) =>
    outputFile(join(folder, name), {
      option: "--out",
      inputs: [input, source.input.file, runs],
      isOurs: (there) => head !== undefined && there.startsWith(head),
      force,
    });
  const drawn = figures ? await (await import("./figures.js")).figuresOf(source) : {};
  const names = Object.keys(drawn).flatMap((name) => (figures ?? []).map((format) => `${name}.${format}`));
  // All are looked at before the first is written.
  const files = new Map([
    ...texts.map(({ name, head }) => [name, fileOf(name, head)] as const),
    ...names.map((name) => [name, fileOf(name)] as const),
  ]);
  await mkdir(folder, { recursive: true });
  for (const { name, content } of texts) await files.get(name)!.write(content);
  if (figures) {
    const { writeFigures } = await import("@isoflop/plot/node");
    await writeFigures(drawn, "", figures, (name, content) => files.get(name)!.write(content));
  }
  const written = [...files.keys()].map((name) => join(folder, name));
  const { exportWords } = await import("./words.js");
  await emit(
    json,
    { command: "export", what: source.what, input: source.input, files: written, cautions: source.cautions },
    () => exportWords(source, written.map(printable)),
  );
};
