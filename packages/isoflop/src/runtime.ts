/** What runs this program. Bun and Deno also say which Node they resemble; their own name comes first here. */
export interface Runtime {
  readonly name: "node" | "bun" | "deno";
  readonly version: string;
}

/** @param versions `process.versions`, in which each of the three has itself */
export const runtimeOf = (versions: Readonly<Record<string, string | undefined>>): Runtime => {
  const name = (["bun", "deno"] as const).find((other) => versions[other] !== undefined) ?? "node";
  return { name, version: versions[name]! };
};

export const runtime = runtimeOf(process.versions);
