/** A Keras model as TensorFlow.js stores it, as far as it is read. */
export interface KerasModel {
  readonly model_config: {
    readonly class_name: string;
    readonly config: {
      readonly layers: readonly KerasLayer[];
      readonly output_layers: readonly (readonly [name: string, ...unknown[]])[];
    };
  };
}

export interface KerasLayer {
  readonly name: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Of the only call of the layer: [layer, call, output, arguments] for each input. */
  readonly inbound_nodes: readonly (readonly (readonly [name: string, ...unknown[]])[])[];
}
