import { toJson } from "./json.js";

/** Writes the one document, or the text a person reads, to standard output. */
export function emit(json: boolean | undefined, document: unknown, text: () => string): void {
  process.stdout.write(`${json ? toJson(document) : text()}\n`);
}
