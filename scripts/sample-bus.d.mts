/** @param socket a path where none is @returns what closes it */
export function openSampleBus(socket: string): Promise<() => void>;
