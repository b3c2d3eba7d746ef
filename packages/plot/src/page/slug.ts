/** A name for an address: "Loss at equal compute" becomes "loss-at-equal-compute". */
export const slug = (title: string): string =>
  title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "") || "section";

/** Gives each name once: the second of the same is numbered. */
export const namer = (): ((wanted: string) => string) => {
  const used = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let n = 2; used.has(name); n++) name = `${wanted}-${n}`;
    used.add(name);
    return name;
  };
};
