// In place of yoga-layout in the dashboard's bundle: no component of ours is laid out by Ink, and its compiler of WebAssembly is awaited for
// at each start.
const node = new Proxy({}, { get: () => () => 0 });

export default { Node: { create: () => node } };
