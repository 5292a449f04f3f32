// One command at a time: start, exec, kill, stop. Each sample brings the machine back to where it was, untimed.
import { median, samples } from '../measure.mjs';

function collect(count, sample) {
  sample();
  return median(Array.from({ length: count }, sample));
}

/** What a loop over many machines pays for each: no quiet time in between. */
function measureStartsAtOnce(peer) {
  const sample = () => {
    const time = peer.startAtOnce();
    peer.killAtOnce();
    return time;
  };
  return { 'start, one upon another': collect(samples, sample) };
}

/** Median times of one peer, in milliseconds; a missing operation is left out. */
export function measureLifeCycle(peer) {
  if (peer.startsToTheEnd) return { 'start to end': collect(samples, peer.start) };
  const startAndKill = Array.from({ length: samples + 1 }, () => ({
    start: peer.start(),
    kill: peer.kill(),
  })).slice(1);
  const startsAtOnce = peer.startAtOnce ? measureStartsAtOnce(peer) : {};
  peer.start();
  const figures = {
    start: median(startAndKill.map((sample) => sample.start)),
    kill: median(startAndKill.map((sample) => sample.kill)),
    'exec -- true': collect(samples, peer.exec),
    ...startsAtOnce,
  };
  if (peer.monitorRss) figures['monitor RSS (KiB)'] = peer.monitorRss();
  if (peer.stop) {
    figures.stop = collect(samples, () => {
      const time = peer.stop();
      peer.start();
      return time;
    });
  }
  peer.kill();
  return figures;
}
