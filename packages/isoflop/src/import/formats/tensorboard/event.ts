import type { Value } from "../../log.js";
import { flattened } from "../../values.js";
import { readMessage } from "./message.js";
import { scalarIn, shortest } from "./tensor.js";

/** What an event of a TensorBoard log says that is of use here. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
  /** Of the run: hyperparameters as the HParams plugin keeps them, or a JSON text that a trainer left. */
  readonly config: Readonly<Record<string, Value>>;
  readonly ended?: "finished" | "crashed" | "running" | undefined;
}

/** Statuses of `tensorboard/plugins/hparams/api.proto`. */
const statuses = [undefined, "finished", "crashed", "running"] as const;

/** Reads an `Event` of `tensorflow/core/util/event.proto`. @throws Error where the bytes are none */
export const readEvent = (bytes: Uint8Array): TensorBoardEvent => {
  const event = {
    wallTime: Number.NaN,
    step: 0,
    scalars: {} as Record<string, number>,
    config: {} as Record<string, Value>,
    ended: undefined as TensorBoardEvent["ended"],
  };
  readMessage(bytes, {
    1: (reader) => (event.wallTime = reader.double()),
    2: (reader) => (event.step = Number(reader.int64())),
    5: (reader) =>
      readMessage(reader.bytes(), {
        1: (summary) => {
          const { tag, value, hparams } = readValue(summary.bytes());
          if (hparams) {
            Object.assign(event.config, hparams.config);
            event.ended = hparams.ended ?? event.ended;
          } else if (typeof value === "number") event.scalars[tag] = value;
          else if (value !== undefined) Object.assign(event.config, configIn(value));
        },
      }),
  });
  return event;
};

/** A `Summary.Value`: a plain number, a tensor, or what a plugin keeps beside it. */
const readValue = (bytes: Uint8Array) => {
  let tag = "";
  let value: number | string | undefined;
  let [plugin, content] = ["", new Uint8Array()] as [string, Uint8Array];
  readMessage(bytes, {
    1: (reader) => (tag = reader.string()),
    2: (reader) => (value = shortest(reader.float())),
    8: (reader) => (value = scalarIn(reader.bytes())),
    9: (reader) =>
      readMessage(reader.bytes(), {
        1: (data) =>
          readMessage(data.bytes(), {
            1: (name) => (plugin = name.string()),
            2: (held) => (content = held.bytes()),
          }),
      }),
  });
  return { tag, value, ...(plugin === "hparams" && { hparams: readHparams(content) }) };
};

const readHparams = (bytes: Uint8Array) => {
  const config: Record<string, Value> = {};
  let ended: TensorBoardEvent["ended"];
  readMessage(bytes, {
    3: (reader) =>
      readMessage(reader.bytes(), {
        1: (entry) => {
          const [name, value] = readPair(entry.bytes());
          if (value !== undefined) config[name] = value;
        },
      }),
    4: (reader) =>
      readMessage(reader.bytes(), {
        1: (status) => (ended = statuses[status.int32()]),
      }),
  });
  return { config, ended };
};

/** An entry of a map from names to `google.protobuf.Value`. */
const readPair = (bytes: Uint8Array): readonly [string, Value | undefined] => {
  let name = "";
  let value: Value | undefined;
  readMessage(bytes, {
    1: (reader) => (name = reader.string()),
    2: (reader) =>
      readMessage(reader.bytes(), {
        2: (held) => (value = held.double()),
        3: (held) => (value = held.string()),
        4: (held) => (value = String(held.bool())),
      }),
  });
  return [name, value];
};

/** A text that is JSON, as trainers leave their arguments. */
const configIn = (text: string): Readonly<Record<string, Value>> => {
  if (!text.startsWith("{")) return {};
  try {
    return flattened(JSON.parse(text));
  } catch {
    return {};
  }
};
