/** A value in a message: as one would write it, or what it is. */
export const spelled = (value: unknown): string =>
  typeof value === "string"
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? `[${value.map(spelled).join(", ")}]`
      : typeof value === "object" && value !== null
        ? (value.constructor?.name ?? "a record")
        : String(value);
