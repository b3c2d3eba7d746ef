import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DocumentReflection, MinimalSourceFile, normalizePath } from "typedoc";

/** @typedef {import("./workspace.mjs").Package} Package */
/** @typedef {import("typedoc").ProjectReflection} Project */
/** @typedef {import("typedoc").Converter} Converter */

/**
 * What a package exports, by the name that is imported, with the source it is built from.
 * @param {Pick<Package, "name" | "folder" | "manifest">} pkg
 * @returns {{ name: string, file: string }[]}
 */
export const entryPoints = ({ name, folder, manifest }) =>
  Object.entries(Object(manifest.exports)).flatMap(([subpath, target]) => {
    const built = /^\.\/dist\/(.*)\.d\.ts$/.exec(Object(target).types)?.[1];
    return built === undefined
      ? []
      : [{ name: subpath.replace(/^\./, name), file: join(folder, "src", `${built}.ts`) }];
  });

/**
 * Puts the READMEs into the project: a package's begins its page, an example's is a page. A link to a folder or to its README leads there.
 * @param {Converter} converter @param {Project} project @param {readonly Package[]} packages
 */
export const addReadmes = (converter, project, packages) => {
  for (const { name, path, folder } of packages) {
    const readme = normalizePath(join(folder, "README.md"));
    const source = new MinimalSourceFile(readFileSync(readme, "utf8"), readme);
    const { content } = converter.parseRawComment(source, project.files);
    const module = project.children?.find((child) => child.name === name);
    const page = module ?? new DocumentReflection(path, project, content, {});
    if (module) module.readme = content;
    else if (page.isDocument()) {
      project.addChild(page);
      project.registerReflection(page, undefined, readme);
    }
    for (const link of [readme, normalizePath(folder)]) project.files.registerReflectionPath(link, page);
  }
};

/**
 * Keeps TypeDoc from warning that a symbol has several comments where all of them are one: the type of a schema inherits each field's comment
 * from one place in two ways.
 * @param {Pick<import("typedoc").Logger, "warn" | "info">} logger
 */
export const withoutOneCommentTwice = (logger) => {
  const warn = logger.warn.bind(logger);
  const info = logger.info.bind(logger);
  /** @type {(() => void) | undefined} */
  let held;
  logger.warn = (/** @type {any[]} */ ...told) => {
    if (/has multiple declarations with a comment/.test(told[0])) held = () => warn(.../** @type {[any]} */ (told));
    else warn(.../** @type {[any]} */ (told));
  };
  logger.info = (text) => {
    const places =
      held &&
      /declared at:\n([\s\S]*)$/
        .exec(text)?.[1]
        ?.split("\n")
        .map((place) => place.trim());
    if (places && new Set(places).size === 1) held = undefined;
    else {
      held?.();
      held = undefined;
      info(text);
    }
  };
};
