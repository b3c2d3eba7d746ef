import { type ConversionTarget, convert, type LawCard } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import { num } from "../words/numbers.js";

/** In which units a card is asked for, and what is known of its models. */
export interface ConversionAsked {
  readonly compute?: NonNullable<ConversionTarget["compute"]>;
  readonly parameters?: NonNullable<ConversionTarget["parameters"]>;
  readonly count?: NonNullable<ConversionTarget["tokens"]>;
  readonly flopsPerToken?: number;
  readonly embedding?: number;
  readonly tokensPerSample?: number;
}

/** A card as it shall count, with what is to be said of that. */
export interface Converted {
  readonly card: LawCard;
  readonly notes: readonly string[];
}

/** Below this a law along the optimum is the power law that it is given as. */
const EXACT = 1e-9;

/**
 * The card itself where nothing is asked.
 * @throws CliError `usage` for facts without a conversion, `unsound` where the card or a fact does not allow it
 */
export const converted = (card: LawCard, asked: ConversionAsked): Converted => {
  const { compute, parameters, count: tokens, ...facts } = asked;
  if (compute === undefined && parameters === undefined && tokens === undefined) {
    if (Object.values(facts).some((fact) => fact !== undefined))
      throw usageError("a fact is given and no conversion; expected --compute, --parameters or --count as well");
    return { card, notes: [] };
  }
  const outcome = convert(
    card,
    { ...(compute && { compute }), ...(parameters && { parameters }), ...(tokens && { tokens }) },
    facts,
  );
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const { deviation, leftOut } = outcome;
  return {
    card: outcome.card,
    notes: [
      ...leftOut.map(({ of, why }) => `${of} is left out: ${why}`),
      ...(deviation > EXACT
        ? [`along the optimum the converted laws are no exact powers: ${num(100 * deviation, 2)} % off at most`]
        : []),
    ],
  };
};
