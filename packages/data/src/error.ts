/** Data that cannot be opened as they were asked for. The message names the file or field, and what would be right. */
export class DataError extends Error {
  override readonly name = "DataError";
}
