import { InvalidArgumentError } from "commander";

/** Field → column of the table. */
export type ColumnMap = Readonly<Record<string, string>>;

/**
 * Reads `C=Training FLOP,N=Model Size,loss=loss`. A comma ends a column's name only where another `field=` follows, so
 * names may contain commas; the option may also be given several times.
 */
export const columnMap = (text: string, earlier: ColumnMap = {}): ColumnMap => {
  const out = new Map(Object.entries(earlier));
  for (const pair of text.split(/,(?=\s*[A-Za-z][\w:.-]*=)/)) {
    const at = pair.indexOf("=");
    const field = pair.slice(0, at).trim();
    const column = pair.slice(at + 1).trim();
    if (at < 1 || field === "" || column === "") {
      throw new InvalidArgumentError(`"${pair}" is not field=column, such as N=params.`);
    }
    if (out.has(field)) throw new InvalidArgumentError(`${field} is given twice.`);
    out.set(field, column);
  }
  return Object.fromEntries(out);
};
