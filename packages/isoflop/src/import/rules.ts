import jsep, { type Expression } from "jsep";
import type { Value } from "./log.js";

/** A field and how it follows from others. */
export interface Rule {
  readonly field: string;
  /** As it was written. */
  readonly text: string;
  readonly expression: Expression;
  /** Names that stand in it. */
  readonly names: readonly string[];
}

// In formulas a power, as people write it.
jsep.addBinaryOp("^", 11, true);

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "^": (a, b) => a ** b,
  "**": (a, b) => a ** b,
};

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
  round: Math.round,
  floor: Math.floor,
  ceil: Math.ceil,
};

/**
 * Reads `D=step*batch*seq_len`: numbers, names, + - * / % ^, brackets and a few functions. Nothing is run: the text is parsed and its
 * tree is walked. A name with points is one name, any other is written in quotes: `"val/loss"`.
 * @throws Error saying what is none of these
 */
export const readRule = (text: string): Rule => {
  const at = text.indexOf("=");
  const field = text.slice(0, at).trim();
  const formula = text.slice(at + 1).trim();
  if (at < 1 || !/^[A-Za-z_]\w*$/.test(field) || formula === "")
    throw new Error(`"${text}" is not field=expression, such as D=step*batch*seq_len`);
  let expression: Expression;
  try {
    expression = jsep(formula);
  } catch (error) {
    throw new Error(`"${formula}" cannot be read: ${(error as Error).message}`);
  }
  return { field, text: formula, expression, names: [...new Set(namesIn(expression))] };
};

const namesIn = (node: Expression): readonly string[] => {
  switch (node.type) {
    case "Literal":
      if (typeof node.value === "number") return [];
      if (typeof node.value === "string") return [node.value];
      break;
    case "Identifier":
    case "MemberExpression":
      return [nameOf(node)];
    case "UnaryExpression":
      if (node.operator === "-" || node.operator === "+") return namesIn(node.argument as Expression);
      break;
    case "BinaryExpression":
      if (Object.hasOwn(binary, node.operator as string))
        return [...namesIn(node.left as Expression), ...namesIn(node.right as Expression)];
      break;
    case "CallExpression": {
      const { callee, arguments: given } = node as unknown as Call;
      if (callee.type === "Identifier" && Object.hasOwn(functions, callee.name as string))
        return given.flatMap(namesIn);
      throw new Error(`there is no such function; expected one of ${Object.keys(functions).join(", ")}`);
    }
  }
  const what = typeof node.operator === "string" ? `"${node.operator}"` : node.type;
  throw new Error(`${what} has no place in a rule; expected numbers, names, + - * / % ^, brackets and functions`);
};

interface Call {
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
}

/** `model.width` is the name of a nested constant. */
const nameOf = (node: Expression): string => {
  if (node.type === "Identifier") return node.name as string;
  if (node.type === "MemberExpression" && !node.computed)
    return `${nameOf(node.object as Expression)}.${nameOf(node.property as Expression)}`;
  throw new Error('a name may have points; any other stands in quotes, such as "val/loss"');
};

/** The number that a rule gives; undefined where a name has no number. */
export const valueOfRule = ({ expression }: Rule, lookUp: (name: string) => Value | undefined): number | undefined => {
  const walk = (node: Expression): number => {
    switch (node.type) {
      case "UnaryExpression": {
        const value = walk(node.argument as Expression);
        return node.operator === "-" ? -value : value;
      }
      case "BinaryExpression":
        return binary[node.operator as string]!(walk(node.left as Expression), walk(node.right as Expression));
      case "CallExpression": {
        const { callee, arguments: given } = node as unknown as Call;
        return functions[callee.name as string]!(...given.map(walk));
      }
      case "Literal":
        if (typeof node.value === "number") return node.value;
        return found(node.value as string);
      default:
        return found(nameOf(node));
    }
  };
  let missing = false;
  const found = (name: string): number => {
    const value = lookUp(name);
    if (typeof value === "number") return value;
    missing = true;
    return Number.NaN;
  };
  const value = walk(expression);
  return missing ? undefined : value;
};
