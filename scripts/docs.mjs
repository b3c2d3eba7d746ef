// `pnpm run docs`: pages about everything that the published packages export, into docs/. Fails on a warning, such as a link to nothing or a type
// that an exported function names and no package exports. Needs an installed workspace.
import { join } from "node:path";
import { Application, Converter, OptionDefaults } from "typedoc";
import { addReadmes, entryPoints, withoutOneCommentTwice } from "./lib/docs.mjs";
import { listPackages, publicPackages, root } from "./lib/workspace.mjs";

/** What computed types are made of, by package: the type itself says it all. @type {Record<string, string[]>} */
const workings = {
  "@isoflop/data": ["pictures/pictures.ts:schema"],
  "@isoflop/diffusion": ["objective-spec.ts:objectiveParts"],
  "@isoflop/dit": ["conditioning/index.ts:ours", "rates.ts:optimizers"],
  "@isoflop/flops": ["architectures/index.ts:ours", "evaluations.ts:solverEvaluations"],
  "@isoflop/plot": ["chart/several.ts:Several"],
  "@isoflop/scaling": ["records/fields.ts:Frozen"],
  "@isoflop/spec": ["kind.ts:Records"],
  "@isoflop/tensor": [
    "types/shape.ts:IsTuple",
    "types/shape.ts:BroadcastTuples",
    "types/shape.ts:DropAxis",
    "backends/scalars.ts:SCALARS",
    "graph/tensor.ts:Tensor",
  ],
  "@isoflop/train": [
    "captions.ts:CaptionedData",
    "setup.ts:CaptionedData",
    "optimizers/spec.ts:Others",
    "optimizers/spec.ts:Input",
    "optimizers/spec.ts:Output",
  ],
  isoflop: ["modules/sorts.ts:sorts", "study/file/schema.ts:Fixed"],
};

const packages = publicPackages();
const examples = listPackages().filter(({ path }) => path.startsWith("examples/"));
const entries = packages.flatMap(entryPoints);
const app = await Application.bootstrap({
  name: "Isoflop",
  tsconfig: join(root, "tsconfig.base.json"),
  entryPoints: entries.map(({ file }) => file),
  // Each package sees the sources of its neighbours, so that their types lead to their pages.
  compilerOptions: { paths: Object.fromEntries(entries.map(({ name, file }) => [name, [file]])) },
  readme: join(root, "README.md"),
  out: join(root, "docs"),
  gitRevision: "main",
  highlightLanguages: [...OptionDefaults.highlightLanguages, "python"],
  excludeInternal: true,
});
withoutOneCommentTwice(app.logger);
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) =>
  addReadmes(app.converter, project, [...packages, ...examples]),
);

const nameOf = new Map(entries.map(({ name, file }) => [file, name]));
const points = app.getEntryPoints() ?? [];
const project = app.converter.convert(
  points.map((point) => ({ ...point, displayName: nameOf.get(point.sourceFile.fileName) ?? point.displayName })),
);
app.validate(project);
// Of types that are not exported TypeDoc names those of the project's own package, and this project has several.
app.options.setValue("validation", { notExported: true, invalidLink: false, invalidPath: false });
for (const { name } of packages) {
  project.packageName = name;
  app.options.setValue("intentionallyNotExported", workings[name] ?? []);
  app.validate(project);
}
await app.generateOutputs(project);
const { warningCount, errorCount } = app.logger;
process.exitCode = warningCount + errorCount > 0 ? 1 : 0;
