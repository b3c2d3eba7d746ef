import ts from "typescript";

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {number} line counted from 1
 * @property {"static" | "dynamic" | "type" | "url"} kind a type import is erased; a url is a file, perhaps not code
 */

/**
 * Every module a source file names: imports, re-exports, `import()`, `require()`, `import("x").T` types (of JavaScript in its JSDoc),
 * and `new URL("./file", import.meta.url)` which bundlers follow like an import.
 * @param {string} file
 * @param {string} text
 * @returns {Import[]}
 */
export function readImports(file, text) {
  const isScript = /\.[cm]?jsx?$/.test(file);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  /** @type {Import[]} */
  const imports = [];
  /** @param {ts.Node | undefined} literal @param {Import["kind"]} kind */
  const add = (literal, kind) => {
    if (!literal || !ts.isStringLiteralLike(literal)) return;
    const line = source.getLineAndCharacterOfPosition(literal.getStart(source)).line + 1;
    if (kind !== "url") imports.push({ specifier: literal.text, line, kind });
    else if (!URL.canParse(literal.text)) imports.push({ specifier: asPath(literal.text), line, kind });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isErasedImport(node.importClause) ? "type" : "static");
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? "type" : "static");
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, "type");
    else if (ts.isCallExpression(node)) {
      const callee = node.expression;
      if (callee.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], "dynamic");
      else if (ts.isIdentifier(callee) && callee.text === "require") add(node.arguments[0], "dynamic");
    } else if (ts.isNewExpression(node) && isUrlOfThisModule(node)) add(node.arguments?.[0], "url");
    if (isScript) node.getChildren(source).filter(ts.isJSDoc).forEach(visit);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

/** A URL "worker.js" is relative like "./worker.js", where an import would name a package. @param {string} url */
const asPath = (url) => (/^[./]/.test(url) ? url : `./${url}`);

/** With `verbatimModuleSyntax` only `import type` is erased; `import { type T }` still loads the module. @param {ts.ImportClause | undefined} clause */
const isErasedImport = (clause) => clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;

/** @param {ts.NewExpression} node */
function isUrlOfThisModule({ expression, arguments: args }) {
  const base = args?.[1];
  return (
    ts.isIdentifier(expression) &&
    expression.text === "URL" &&
    base !== undefined &&
    ts.isPropertyAccessExpression(base) &&
    base.name.text === "url" &&
    ts.isMetaProperty(base.expression)
  );
}
