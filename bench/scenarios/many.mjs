// Many machines: the list of 200, creation from a cached image, and one command that starts 50.
import { medianOf, samples } from '../measure.mjs';

const listed = 200;
const started = 50;

/** Median times of one peer, in milliseconds; a missing operation is left out. */
export function measureMany(peer) {
  const figures = {};
  if (peer.create) figures['create from a cached image'] = medianOf(peer.create);
  if (peer.defineMany) {
    peer.defineMany(listed);
    figures[`list of ${listed}`] = medianOf(peer.list);
  }
  if (peer.startMany) figures[`each of ${started} in one start`] = measureMarginalCost(peer);
  return figures;
}

/** What one machine more costs in a command that starts many: (time of 50 - time of 1) / 49. */
function measureMarginalCost(peer) {
  const sample = (count) => () => {
    const time = peer.startMany(count);
    peer.killMany(count);
    return time;
  };
  const many = medianOf(sample(started), samples);
  const one = medianOf(sample(1), samples);
  return (many - one) / (started - 1);
}
