import { isPlace, type Place, type TileInstruction } from "../encode/place.js";
import { Tile } from "../opcodes.js";
import { I32, list, section, signed, text, unsigned, V128, vector } from "./bytes.js";
import { inlined, ordered } from "./instructions.js";

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const BLOCK_END = 0x0b;
const LOOP = [0x03, 0x40];
const BRANCH_IF = [0x0d, 0];
const [GET, SET, TEE] = [0x20, 0x21, 0x22];
const [I32_CONST, I32_LOAD, I32_ADD, I32_SHL, I32_LT_U] = [0x41, 0x28, 0x6a, 0x74, 0x49];
const [LOAD, STORE] = [vector(0x00), vector(0x0b)];
/** Alignment as log₂ of bytes, and an offset. */
const at = (alignment: number, offset = 0) => [...unsigned(alignment), ...unsigned(offset)];

/** Parameters: thread scratch, whose beginning is the operand table, and how many groups; then the place in the tile and its end. */
const [SCRATCH, GROUPS, PLACE, END] = [0, 1, 2, 3];
const FIRST_ADDRESS = 4;
const VECTOR_BYTES = 16;

/** Of 0 to 65,536 pages: any memory of one thread. */
const MEMORY = [1, ...unsigned(0), ...unsigned(65536)];

/**
 * Instructions of the tile machine that follow each other, as a function (scratch, groups) that takes a vector through all of them before the next: what
 * passes between them stays in registers, where the machine writes a tile and reads it again.
 * @param offsetOf of a place in the operand table
 * @param keeps whether what is in a tile at the end is read later
 * @returns a module whose one export, `f`, is the function
 */
export const tileFunction = (
  steps: readonly TileInstruction[],
  offsetOf: (place: Place) => number,
  keeps: (tile: Place) => boolean,
): Uint8Array<ArrayBuffer> => {
  const keyOf = ({ kind, index }: Place) => `${kind} ${index}`;
  const places = new Map<string, Place>();
  for (const { target, args } of steps)
    for (const one of [target, ...args.filter(isPlace)]) places.set(keyOf(one), one);
  const addresses = new Map([...places.keys()].map((key, i) => [key, FIRST_ADDRESS + i]));
  const firstVector = FIRST_ADDRESS + places.size;
  let vectors = 0;
  /** Which local holds what is in a place now. */
  const held = new Map<string, number>();
  const hold = (place: Place): number => {
    const local = firstVector + vectors++;
    held.set(keyOf(place), local);
    return local;
  };
  const addressOf = (place: Place) => [GET, ...unsigned(addresses.get(keyOf(place))!)];
  const within = (place: Place) => [...addressOf(place), GET, ...unsigned(PLACE), I32_ADD];

  const prologue: number[] = [];
  for (const [key, place] of places) {
    prologue.push(
      GET,
      ...unsigned(SCRATCH),
      I32_LOAD,
      ...at(2, offsetOf(place)),
      SET,
      ...unsigned(addresses.get(key)!),
    );
    if (place.kind === "cell") prologue.push(...addressOf(place), ...LOAD, ...at(4), SET, ...unsigned(hold(place)));
  }
  prologue.push(
    GET,
    ...unsigned(GROUPS),
    I32_CONST,
    ...signed(Math.log2(Tile.CellBytes)),
    I32_SHL,
    SET,
    ...unsigned(END),
  );

  const body: number[] = [];
  const written = new Map<string, Place>();
  const operand = (place: Place): number[] => {
    const local = held.get(keyOf(place));
    if (local !== undefined) return [GET, ...unsigned(local)];
    return [...within(place), ...LOAD, ...at(2), TEE, ...unsigned(hold(place))];
  };
  for (const { op, target, args } of steps) {
    const count = args.find((one) => typeof one === "number");
    // In the order in which they are on the stack: the first one that is loaded is the one that the others take.
    body.push(...inlined(op, ordered(op, args.filter(isPlace)).map(operand), count));
    const result = hold(target);
    body.push(SET, ...unsigned(result));
    written.set(keyOf(target), target);
    if (target.kind === "inPlace") body.push(...within(target), GET, ...unsigned(result), ...STORE, ...at(2));
  }
  for (const [key, place] of written)
    if (place.kind === "tile" && keeps(place))
      body.push(...within(place), GET, ...unsigned(held.get(key)!), ...STORE, ...at(2));
  const next = [GET, ...unsigned(PLACE), I32_CONST, ...signed(VECTOR_BYTES), I32_ADD, TEE, ...unsigned(PLACE)];
  const again = [...next, GET, ...unsigned(END), I32_LT_U, ...BRANCH_IF];
  const locals = list([
    [...unsigned(FIRST_ADDRESS - 2 + places.size), I32],
    [...unsigned(vectors), V128],
  ]);
  const code = [...locals, ...prologue, ...LOOP, ...body, ...again, BLOCK_END, BLOCK_END];

  return Uint8Array.from([
    ...MAGIC,
    ...section(1, list([[0x60, ...list([[I32], [I32]]), ...list([])]])),
    ...section(2, list([[...text("env"), ...text("memory"), 0x02, ...MEMORY]])),
    ...section(3, list([unsigned(0)])),
    ...section(7, list([[...text("f"), 0x00, ...unsigned(0)]])),
    ...section(10, list([[...unsigned(code.length), ...code]])),
  ]);
};
