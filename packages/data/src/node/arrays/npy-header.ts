import type { Format } from "@isoflop/tensor/safetensors";

/** What the header of an npy file says (numpy.lib.format, versions 1.0 to 3.0). */
export interface NpyHeader {
  readonly format: Format;
  readonly bigEndian: boolean;
  /** The first axis varies fastest. */
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/** Number types by their letters in `descr`. */
const FORMATS: Readonly<Record<string, Format>> = {
  ...{ f2: "F16", f4: "F32", f8: "F64" },
  ...{ i1: "I8", i2: "I16", i4: "I32", i8: "I64", u1: "U8", u2: "U16", u4: "U32", u8: "U64", b1: "BOOL" },
};

const FIELD =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(['"])([^'"]*)\3|(True|False)|\(([\dL,\s]*)\)|(\[[^\]]*\]))\s*(,|(?=\}))/y;

/** A value of the literal: a text or a list of types, a flag, or the inside of a tuple. */
interface Field {
  readonly text: string | undefined;
  readonly flag: string | undefined;
  readonly tuple: string | undefined;
}

const FIELDS = ["descr", "fortran_order", "shape"] as const;

/** Reads the text of a header, a literal of Python. @throws Error saying what is wrong, without the file's name */
export const parseNpyHeader = (text: string): NpyHeader => {
  const body = text.trim();
  const found = new Map<string, Field>();
  let end = 1;
  FIELD.lastIndex = end;
  for (let match = FIELD.exec(body); match; match = FIELD.exec(body)) {
    const [, , name, , string, flag, tuple, list] = match;
    if (found.has(name!)) throw new Error(`its header names ${name} twice`);
    found.set(name!, { text: string ?? list, flag, tuple });
    end = FIELD.lastIndex;
  }
  const [descr, order, shape] = FIELDS.map((name) => found.get(name));
  if (body[0] !== "{" || !/^\s*\}$/.test(body.slice(end)) || !descr || !order || !shape)
    throw new Error(`its header is ${JSON.stringify(body.slice(0, 80))}; it must be a record of ${FIELDS.join(", ")}`);
  if (order.flag === undefined) throw new Error("its header has a fortran_order that is neither True nor False");
  return { ...numbersOf(descr), fortran: order.flag === "True", shape: sizesOf(shape) };
};

const numbersOf = ({ text = "" }: Field): Pick<NpyHeader, "format" | "bigEndian"> => {
  const [, order, type = ""] = /^([<>|])([a-z]\d+)$/.exec(text) ?? [];
  const format = FORMATS[type];
  if (!format || (order === "|" && !type.endsWith("1")))
    throw new Error(
      `its numbers are ${JSON.stringify(text)}; known are ${Object.keys(FORMATS).join(", ")}, with < or > for the order of their bytes: convert with astype(numpy.float32)`,
    );
  return { format, bigEndian: order === ">" };
};

const sizesOf = ({ tuple = "?" }: Field): number[] => {
  const sizes = tuple.trim();
  if (sizes !== "" && !/^\d+L?\s*(,\s*\d+L?\s*)*,?$/.test(sizes))
    throw new Error(`its header has the shape (${sizes}); it must be a tuple of whole numbers`);
  const numbers = [...sizes.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (numbers.every(Number.isSafeInteger)) return numbers;
  throw new Error(`its header has the shape (${sizes}), which is beyond 2^53`);
};
