/** Until somebody wakes all that wait, or the time is over. */
export async function wakeOrTimeout(waiting: Set<() => void>, milliseconds: number): Promise<void> {
  let wake = () => {};
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    waiting.add(wake);
  });
  waiting.delete(wake);
}
