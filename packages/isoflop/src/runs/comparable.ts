import { join } from "node:path";
import { inputError } from "../exit.js";
import { printable } from "../words/printable.js";
import { LOSS } from "../words/quantity.js";
import { contentOf, unlikeMeasures } from "./alike.js";
import { type Carded, unlikeCards } from "./cards.js";
import { doneIn, storeIn } from "./folder.js";
import { numbersOf } from "./measured.js";
import { namesIn } from "./own-metrics.js";
import { quantityIn } from "./quantity-name.js";
import { isFolder, tablesIn } from "./tables.js";

/** The numbers of a metric that the runs of a folder have, with what fixes them. */
const cardedIn = (folder: string, quantity: string): readonly Carded[] => {
  const store = storeIn(folder);
  const all = doneIn(folder).map((run) => ({ run, numbers: numbersOf(join(store, run.id)) }));
  const there = new Set(all.flatMap(({ numbers }) => numbers.map(({ name }) => name)));
  const names = namesIn(folder, quantityIn(quantity).name, [...there]);
  return all.flatMap(({ run, numbers }) =>
    numbers.flatMap(({ name, metric, card }): Carded[] =>
      metric && card && names.includes(name)
        ? [{ run: run.id, metric, card, content: contentOf(run), objective: run.spec.objective }]
        : [],
    ),
  );
};

/** In what the cards of a metric's numbers in folders of runs differ, in words that name the field, both values and the runs; undefined where they are alike. */
export const unlikeNumbers = (folders: readonly string[], quantity: string): string | undefined =>
  unlikeCards(folders.flatMap((folder) => cardedIn(folder, quantity)));

/** @throws CliError for a metric whose numbers in folders of runs have unlike cards, naming the field, both values and the runs */
export const requireLikeNumbers = (inputs: readonly string[], quantity: string | undefined): void => {
  if (quantity === undefined || quantity === LOSS) return;
  const folders = inputs.filter((path) => path !== "-" && isFolder(path) && tablesIn(path) === undefined);
  const unlike = unlikeNumbers(folders, quantity);
  if (unlike !== undefined)
    throw inputError(
      `${folders.map(printable).join(", ")}: ${quantity} is not one number, and no law joins it: ${printable(unlike)}; measure all of them in one way`,
    );
};

/**
 * @param quantity the loss, or a metric: then it is its cards that have to be alike
 * @throws CliError for two folders of runs whose losses, or metrics, do not measure the same
 */
export const requireComparable = (a: string, b: string, quantity = LOSS): void => {
  if (![a, b].every((path) => path !== "-" && isFolder(path))) return;
  requireLikeNumbers([a, b], quantity);
  const unlike = quantity === LOSS ? unlikeMeasures([...doneIn(a), ...doneIn(b)]) : undefined;
  if (unlike !== undefined)
    throw inputError(`${printable(a)} and ${printable(b)} have losses that do not compare: ${printable(unlike)}`);
};
