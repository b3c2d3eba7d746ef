import type { ReadRows } from "../../pictures/caption-table.js";
import { optional } from "../optional.js";

/** The rows of a CSV table by its header. @throws Error naming the table that is none */
export const csvRows: ReadRows = async (text, name) => {
  const { parse } = await optional("csv-parse", `reading ${name}`, () => import("csv-parse/sync"));
  try {
    return parse(text, { columns: true, skip_empty_lines: true });
  } catch (cause) {
    throw new Error(`${name} is no CSV table: ${(cause as Error).message}`, { cause });
  }
};
