/** What goes over the bus, as plain data. */

export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Of the arguments (D-Bus Specification, Type System); none if not given. */
  readonly signature?: string;
  readonly arguments?: readonly unknown[];
  /** It changes nothing: asked once more when who should have answered died. */
  readonly reads?: boolean;
  /** Milliseconds; that of the bus if not given. Infinity: as long as it takes. */
  readonly timeLimitMs?: number;
  /** Stops waiting; what the service is about goes on. */
  readonly abort?: AbortSignal;
}

/** As `a{sv}` and `v` are sent: the signature that the value has. */
export interface TypedValue {
  readonly signature: string;
  readonly value: unknown;
}

/** Which signals; what is not given may be anything. */
export interface SignalMatch {
  /** Well-known name of who sends it. Nobody else's signal is taken for its. */
  readonly sender: string;
  readonly interface?: string;
  readonly member?: string;
  readonly path?: string;
  /** This object, and all below it. */
  readonly pathNamespace?: string;
  /** The first argument, a string. */
  readonly arg0?: string;
}

export interface BusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Variants as the values that they hold; 64-bit integers are bigint. */
  readonly body: readonly unknown[];
}

/** From when it was made; iterating throws BackendError when the bus is lost. Of one reader. */
export interface SignalStream extends AsyncIterable<BusSignal> {
  close(): void;
}
