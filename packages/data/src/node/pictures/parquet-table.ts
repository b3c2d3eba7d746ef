import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { optional } from "../optional.js";
import type { InputFile } from "../records/inputs.js";

/** A row by column. */
export type Row = Readonly<Record<string, unknown>>;

/** A parquet file whose footer has been read. */
export interface ParquetTable {
  readonly columns: readonly string[];
  /** The names of a class column that Hugging Face `datasets` has written. */
  classesOf(column: string): readonly string[] | undefined;
  /** All rows, of which memory holds one row group. */
  rows(columns: readonly string[]): AsyncGenerator<Row>;
}

/** What reads parquet files. @throws Error that says what to install */
export const loadParquet = async () => {
  const purpose = "reading parquet files";
  const reader = await optional("hyparquet", purpose, () => import("hyparquet"));
  const { compressors } = await optional("hyparquet-compressors", purpose, () => import("hyparquet-compressors"));
  return { ...reader, compressors };
};

/** @throws Error of what is no parquet file, or ends early */
export const parquetTable = async ({ path }: InputFile): Promise<ParquetTable> => {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema, compressors } =
    await loadParquet();
  const file: AsyncBuffer = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  return {
    columns: parquetSchema(metadata).children.map(({ element }) => element.name),
    classesOf: (column) => classNames(metadata, column),
    async *rows(columns) {
      let rowStart = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(num_rows);
        // Bytes are not text unless the file says so.
        yield* (await parquetReadObjects({
          ...{ file, metadata, compressors, rowStart, rowEnd, utf8: false, columns: [...columns] },
        })) as Row[];
        rowStart = rowEnd;
      }
    },
  };
};

interface HuggingFaceInfo {
  readonly info?: { readonly features?: Readonly<Record<string, { readonly names?: readonly string[] }>> };
}

const classNames = ({ key_value_metadata: pairs }: FileMetaData, column: string): readonly string[] | undefined => {
  const value = pairs?.find(({ key }) => key === "huggingface")?.value;
  if (value === undefined) return undefined;
  try {
    return (JSON.parse(value) as HuggingFaceInfo).info?.features?.[column]?.names;
  } catch {
    return undefined;
  }
};
