/** Whatever can end the dashboard: a key, a signal, a terminal that is gone. */
export interface End {
  /** The exit code. */
  readonly promise: Promise<number>;
  /** The first one counts. */
  readonly finish: (exitCode: number) => void;
  readonly close: () => void;
}

const endingSignals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export function createEnd(): End {
  let finish: (exitCode: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const stops = Object.entries(endingSignals).map(([name, number]) => {
    const onSignal = (): void => finish(128 + number);
    process.on(name, onSignal);
    return () => process.off(name, onSignal);
  });
  return {
    promise,
    finish,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
