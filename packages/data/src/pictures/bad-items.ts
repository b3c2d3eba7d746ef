import type { BadItem } from "./item.js";

/** Bad ones that a message names. */
const NAMED = 5;

/** Gathers what cannot be used. */
export class BadItems {
  readonly #name: string;
  readonly #refused: boolean;
  readonly items: BadItem[] = [];

  constructor(name: string, bad: "refuse" | "skip") {
    this.#name = name;
    this.#refused = bad === "refuse";
  }

  /** @throws Error once there are enough to name, where bad ones are refused */
  add(item: BadItem): void {
    this.items.push(item);
    if (this.#refused && this.items.length === NAMED) throw refusal(this.#name, this.items, true);
  }

  /** @throws Error where bad ones are refused and there is one */
  end(): void {
    if (this.#refused && this.items.length > 0) throw refusal(this.#name, this.items);
  }
}

/** The error of a set that has bad items. */
export const refusal = (name: string, items: readonly BadItem[], more = false): Error => {
  const count = more ? `at least ${items.length}` : String(items.length);
  const named = items.slice(0, NAMED).map(({ name: item, reason }) => `  ${item}: ${reason}`);
  const rest = items.length > NAMED ? [`  and ${items.length - NAMED} more`] : [];
  return new Error(
    [
      `${name}: ${count} of its images cannot be used; put them right, or leave such out with bad: skip`,
      ...named,
      ...rest,
    ].join("\n"),
  );
};

/** What a person is told of those that were left out. */
export const remarkOn = (items: readonly BadItem[]): string[] => {
  if (items.length === 0) return [];
  const named = items.slice(0, NAMED).map(({ name, reason }) => `${name} (${reason})`);
  const more = items.length > NAMED ? ", …" : "";
  return [`${items.length} images were left out: ${named.join(", ")}${more}`];
};
